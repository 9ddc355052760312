import assert from "node:assert/strict";
import { ensureProgram } from "../../tools/apt.ts";
import { run } from "../../tools/run.ts";
import { type ExecutableCase, type Outcome, outcomeText, start } from "./launcher.ts";

/** Two ordinary users: the one who runs unbrick, and another. */
const USER = 1, OTHER = 65534;
/** A byte that is not UTF-8. */
const LATIN_1 = "rel\\351";

const as = (user: number) =>
  ["/usr/bin/setpriv", `--reuid=${user}`, `--regid=${user}`].concat(
    "--clear-groups",
    "--",
  );

/** Tests from where the executables of Linux load what they need. */
export function placeCases(executable: string): readonly ExecutableCase[] {
  const isRoot = Deno.uid() === 0;
  if (!isRoot) console.log("skipped: only root can act as two users and mount file systems");
  return [...(isRoot ? rootCases(executable) : []), ...nameCases(executable)];
}

function rootCases(executable: string): ExecutableCase[] {
  const mounts = { noexec: "size=64m,noexec", "read-only": "size=64m,ro", full: "size=4k" };
  return [
    ...Object.entries(mounts).map(([what, options]): ExecutableCase => ({
      name: `the folder for temporary files is ${what}: the USB library still loads`,
      async run({ folder }) {
        const place = `${folder}/${what}`;
        await Deno.mkdir(place);
        await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]);
        try {
          const env = { HOME: place, TMPDIR: place };
          const outcome = await start([executable, "doctor"], { cwd: folder, env });
          assert.match(
            outcome.stdout,
            /USB library: libusb 1\.\d+\.\d+ loads\./,
            outcomeText(outcome),
          );
          assert.doesNotMatch(outcome.stdout, new RegExp(place), outcomeText(outcome));
        } finally {
          await run("umount", [place]);
        }
      },
    })),
    {
      name: "strace: the USB library is not loaded from any folder that another user may write to",
      async run({ folder }) {
        await ensureProgram("strace", "strace");
        const shared = `${folder}/shared`, log = `${folder}/loaded.log`;
        await Deno.mkdir(shared);
        await Deno.chmod(shared, 0o1777);
        await Deno.chmod(folder, 0o755);
        // This one may be in a folder that other users may not enter.
        await Deno.copyFile(executable, `${folder}/unbrick`);
        // The other user provides every name that is looked up there.
        await start([...as(OTHER), "/bin/mkdir", "-m", "777", `${shared}/unbrick-lib`]);
        const trace = ["/usr/bin/strace", "-f", "-qq", "-e", "trace=%file", "-o", `${shared}/log`];
        const env = { HOME: shared, TMPDIR: shared, XDG_RUNTIME_DIR: shared };
        const outcome = await start([...as(USER), ...trace, `${folder}/unbrick`, "doctor"], {
          env,
        });
        await Deno.copyFile(`${shared}/log`, log);
        assert.match(
          outcome.stdout,
          /USB library: libusb 1\.\d+\.\d+ loads\./,
          outcomeText(outcome),
        );
        const libraries = (await Deno.readTextFile(log)).split("\n")
          .filter((call) => /unbrick-lib|libusb|memfd|\/proc\/self\/fd/.test(call));
        assert.ok(libraries.some((call) => call.includes("/proc/self/fd/")), "nothing was loaded");
        assert.deepEqual(libraries.filter((call) => call.includes(shared)), []);
      },
    },
  ];
}

/** Tests names that are not UTF-8, which only a shell can pass to a program here. */
function nameCases(executable: string): ExecutableCase[] {
  const shell = (folder: string, line: string): Promise<Outcome> => {
    const script = `name=$(printf '${LATIN_1}'); mkdir -p "$name"; ${line}`;
    return start(["/bin/sh", "-ec", script, executable], { cwd: folder, env: { HOME: folder } });
  };
  return [
    {
      name: "HOME and LANG that are not UTF-8 count as not set",
      async run({ folder }) {
        const line = 'HOME="$PWD/$name" LANG="$name" TERM="$name" "$0" images list';
        const outcome = await shell(folder, line);
        assert.equal(outcome.code, 0, outcomeText(outcome));
        assert.match(outcome.stdout, /bundled/);
      },
    },
    {
      name: "for a TMPDIR that is not UTF-8, the message says so and what to do",
      async run({ folder }) {
        const outcome = await shell(folder, 'TMPDIR="$PWD/$name" "$0" dfu-util -l');
        assert.equal(outcome.code, 2, outcomeText(outcome));
        assert.match(outcome.stderr, /temporary files is not UTF-8 text\.\n.*TMPDIR=/);
        assert.doesNotMatch(outcome.stderr, /panicked|at async|TypeError/);
      },
    },
  ];
}
