/** Calls that change a disk. */
const calls = [
  ...["openSync", "renameSync", "removeSync", "writeTextFileSync", "mkdirSync"].map((name) =>
    [Deno, name] as const
  ),
  ...["writeSync", "syncSync"].map((name) => [Deno.FsFile.prototype, name] as const),
];

/**
 * Runs `work`, and calls `before` with the name and the first value of each call that changes the
 * disk, just before it: a program may be killed there, or the disk may be full.
 */
export function withDiskCalls<T>(before: (call: string, value: unknown) => void, work: () => T): T {
  let isInside = false;
  const undo = calls.map(([owner, name]) => {
    const methods = owner as unknown as Record<string, (...values: unknown[]) => unknown>;
    const own = methods[name];
    methods[name] = function (this: unknown, ...values: unknown[]) {
      if (!isInside) {
        isInside = true;
        try {
          before(name, values[0]);
        } finally {
          isInside = false;
        }
      }
      return own.apply(this, values);
    };
    return () => methods[name] = own;
  });
  try {
    return work();
  } finally {
    undo.forEach((one) => one());
  }
}
