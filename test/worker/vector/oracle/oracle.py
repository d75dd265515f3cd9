"""Answers questions of the tests: a list of [command, arguments] on stdin, a list of answers on stdout."""

import json
import sys

from exact_weights import polygon_weights


def weights(args):
    got = polygon_weights(args['geometry'], args['transform'], args['window'], args.get('epsg'))
    return got.ravel().tolist()


commands = {'weights': weights}

if __name__ == '__main__':
    questions = json.load(sys.stdin)
    json.dump([commands[name](args) for name, args in questions], sys.stdout)
