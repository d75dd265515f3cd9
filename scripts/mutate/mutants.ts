import ts from 'typescript';

/** One small wrong change of a program. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

const others: Partial<Record<ts.SyntaxKind, readonly string[]>> = {
  [ts.SyntaxKind.LessThanToken]: ['<=', '>='],
  [ts.SyntaxKind.LessThanEqualsToken]: ['<', '>'],
  [ts.SyntaxKind.GreaterThanToken]: ['>=', '<='],
  [ts.SyntaxKind.GreaterThanEqualsToken]: ['>', '<'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ['!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ['==='],
  [ts.SyntaxKind.AmpersandAmpersandToken]: ['||'],
  [ts.SyntaxKind.BarBarToken]: ['&&'],
  [ts.SyntaxKind.PlusToken]: ['-'],
  [ts.SyntaxKind.MinusToken]: ['+'],
  [ts.SyntaxKind.AsteriskToken]: ['/'],
  [ts.SyntaxKind.SlashToken]: ['*'],
};
const otherCalls: Readonly<Record<string, string>> = {
  max: 'min',
  min: 'max',
  ceil: 'floor',
  floor: 'ceil',
  some: 'every',
  every: 'some',
};

/** The program with all its mutants in it: one is alive where `__alive(id)` says so. */
export function withMutants(file: string, text: string, firstId: number): { code: string; mutants: Mutant[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const add = (node: ts.Node, after: string): number => {
    const id = firstId + mutants.length;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    mutants.push({ id, file, line, before: node.getText().replace(/\s+/g, ' ').slice(0, 100), after });
    return id;
  };
  const alive = (id: number) => `__alive(${id})`;

  /** The node's text with what is inside it mutated. */
  const inside = (node: ts.Node): string => {
    let [out, at] = ['', node.getStart()];
    node.forEachChild((child) => {
      out += text.slice(at, child.getStart()) + visit(child);
      at = child.getEnd();
    });
    return out + text.slice(at, node.getEnd());
  };

  const visit = (node: ts.Node): string => {
    if (
      ts.isTypeNode(node) ||
      ts.isImportDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node)
    )
      return node.getText();
    if (ts.isBinaryExpression(node)) {
      const changes = others[node.operatorToken.kind];
      const isText = [node.left, node.right].some(
        (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
      );
      if (changes !== undefined && !isText) {
        const [left, right] = [visit(node.left), visit(node.right)];
        const whole = `(${left}) ${node.operatorToken.getText()} (${right})`;
        return `(${changes.reduce((rest, sign) => `${alive(add(node, sign))} ? (${left}) ${sign} (${right}) : (${rest})`, whole)})`;
      }
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      const operand = visit(node.operand);
      return `(${alive(add(node, 'without !'))} ? (${operand}) : !(${operand}))`;
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name } = node.expression;
      const other = otherCalls[name.text];
      if (other !== undefined && node.expression.questionDotToken === undefined) {
        const id = add(node, other);
        const given = node.arguments.map(visit).join(', ');
        return `(${visit(expression)})[${alive(id)} ? '${other}' : '${name.text}'](${given})`;
      }
    }
    if (ts.isConditionalExpression(node)) {
      const test = node.condition;
      const [yes, no] = [alive(add(test, 'true')), alive(add(test, 'false'))];
      return `(${yes} || (!${no} && (${visit(test)})) ? (${visit(node.whenTrue)}) : (${visit(node.whenFalse)}))`;
    }
    if (ts.isIfStatement(node)) {
      const test = node.expression;
      const [yes, no] = [alive(add(test, 'true')), alive(add(test, 'false'))];
      const otherwise = node.elseStatement === undefined ? '' : ` else ${visit(node.elseStatement)}`;
      return `if (${yes} || (!${no} && (${visit(test)}))) ${visit(node.thenStatement)}${otherwise}`;
    }
    const isSuper = ts.isExpressionStatement(node) && node.getText().startsWith('super(');
    if ((ts.isExpressionStatement(node) || ts.isThrowStatement(node)) && !isSuper)
      return `if (!${alive(add(node, 'removed'))}) { ${inside(node)} }`;
    return inside(node);
  };

  return { code: text.slice(0, source.getStart()) + visit(source), mutants };
}
