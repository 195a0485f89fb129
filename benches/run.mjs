// Runs the contenders in wasm, alternately, and prints how long each takes, as benches/src/main.rs does
// natively. The arguments are the module, the number of rounds, then pairs of a node count and the simulated
// seconds to play.

import { readFileSync } from "node:fs";

const [file, ...rest] = process.argv.slice(2);
const [rounds, ...groups] = rest.map(Number);
// In the order of CONTENDERS in benches/src/lib.rs.
const names = ["reference", "engine, whole", "engine, sweep", "engine, bare"];
const module = await WebAssembly.compile(readFileSync(file));
// A module without imports: only the loop is measured.
const instance = await WebAssembly.instantiate(module, {});
const play = /** @type {(contender: number, n: number, seconds: number) => number} */ (instance.exports.play);

// A warm-up, so that no round includes the optimizing compiler.
names.forEach((_, contender) => play(contender, 5, 100));

for (let group = 0; group + 1 < groups.length; group += 2) {
  const [n, seconds] = groups.slice(group);
  /** @type {number[][]} */
  const times = names.map(() => []);
  const messages = names.map(() => -1);
  for (let round = 0; round < rounds; round += 1) {
    names.forEach((_, contender) => {
      const start = process.hrtime.bigint();
      messages[contender] = play(contender, n, seconds);
      times[contender].push(Number(process.hrtime.bigint() - start));
    });
  }
  names.forEach((name, contender) => {
    if (messages[contender] >= 0) {
      console.log(`${n} ${seconds} ${messages[contender]} ${times[contender].join(",")} ${name}`);
    }
  });
}

// The seeks, as in benches/src/seeks.rs.
const { open, seek } = /** @type {{ open: () => number, seek: (number: number) => number }} */ (
  /** @type {unknown} */ (instance.exports)
);
const events = open();
const seeks = Array.from({ length: 200 }, (_, number) => {
  const start = process.hrtime.bigint();
  seek(number);
  return Number(process.hrtime.bigint() - start);
});
console.log(`seek ${events} ${seeks.join(",")}`);
