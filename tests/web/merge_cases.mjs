// Merges each case on its standard input, and prints what comes of them. Started by test_merging.py.

import { merge } from '../../functions/web/static/merging.js';

let text = '';
for await (const part of process.stdin) text += part;
const merged = JSON.parse(text).map(({ base, mine, theirs, asked }) => merge(base, mine, theirs, { asked: new Set(asked) }));
console.log(JSON.stringify(merged));
