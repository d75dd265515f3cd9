export function electronBinary(): string | null;
export function hasDisplay(): boolean;
export function withDisplay(): string[] | null;
export function rootSwitches(): string[];
