import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { exists } from "../tools/files.ts";
import { run as runTool } from "../tools/run.ts";
import { symbols } from "../ffi/libusb/symbols.ts";
import { hangEnvironment, waitingNamesOf } from "./support/ffi/hanging_library.ts";
import { withEach } from "./support/ffi/hanging_program.ts";
import { hangingLibusb, PORT } from "./support/ffi/hanging_libusb.ts";

/**
 * Tests the program as a person runs it, with a libusb that never returns from one of its calls.
 */

const library = await hangingLibusb();
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** What doctor promises, ms. */
const DOCTOR_MS = 10_000;
/** A busy machine makes what takes no time long: so many times what the same takes without a hang. */
const PATIENCE = 10;
/** Nothing takes so long on any machine, ms. */
const KILL_MS = 240_000;

interface Ending {
  readonly ms: number;
  readonly code: number;
  readonly said: string;
}

/** @param stopAt the program is stopped when this file exists: the call has begun to hang */
async function run(call: string, words: readonly string[], stopAt?: string): Promise<Ending> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", main, ...words, "--libusb", library!],
    env: { ...hangEnvironment({ call, mark: stopAt }), NO_COLOR: "1", LANG: "en" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stopAt !== undefined) void stopWhenThere(child, stopAt);
  const killed = setTimeout(() => child.kill("SIGKILL"), KILL_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(killed);
  const text = new TextDecoder();
  const said = (text.decode(stdout) + text.decode(stderr)).replaceAll(/\s+/g, " ");
  return { ms: performance.now() - start, code, said };
}

/**
 * Stops a program when a file exists. SIGTERM does the same as Ctrl-C, but leaves a busy machine 15
 * seconds, not two, before the last resort ends the program (last_resort.ts).
 */
async function stopWhenThere(
  child: Deno.ChildProcess,
  path: string,
  signal: Deno.Signal = "SIGTERM",
): Promise<void> {
  let isOver = false;
  void child.status.then(() => isOver = true);
  while (!await exists(new URL(`file://${path}`))) {
    if (isOver) return; // it does not hang
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill(signal);
}

/** The calls for whose answer doctor waits, and whether they concern one device. */
const ofDoctor = {
  libusb_init: false,
  libusb_get_device_list: false,
  libusb_open: true,
  libusb_submit_transfer: true,
  libusb_handle_events_timeout_completed: true,
};

Deno.test({
  name: "doctor answers within 10 s, whichever call hangs, and names the call and the port",
  ignore: library === undefined,
  fn: async () => {
    // As many at the same time as below.
    const usual: number[] = [];
    await withEach(["nothing", "nothing", "nothing", "nothing"], async (call) => {
      usual.push((await run(call, ["doctor"])).ms);
    });
    const limit = DOCTOR_MS + PATIENCE * Math.max(...usual);
    await withEach(waitingNamesOf(symbols), async (call) => {
      const { ms, code, said } = await run(call, ["doctor"]);
      assert.ok(ms < limit, `${call}: ${ms} ms, and not less than ${limit}`);
      assert.match(said, /problems? found|No problems found/, said);
      if (!Object.hasOwn(ofDoctor, call)) return;
      assert.equal(code, 8, said);
      assert.match(said, new RegExp(`The operating system hangs: ${call} `), said);
      if (ofDoctor[call as keyof typeof ofDoctor]) {
        assert.match(said, new RegExp(`Unplug the device on port ${PORT}`), said);
      } else assert.match(said, /Unplug USB devices and hubs that you do not need/, said);
    });
  },
});

Deno.test({
  name: "a list that never arrives: devices ends with the cause; a stop ends it before that",
  ignore: library === undefined,
  fn: async () => {
    const { code, said } = await run("libusb_get_device_list", ["devices"]);
    assert.equal(code, 8, said);
    assert.match(said, /hangs: libusb_get_device_list has not returned within 6 s/);
    const folder = await Deno.makeTempDir();
    try {
      const stop = await run("libusb_get_device_list", ["devices"], `${folder}/hangs`);
      assert.equal(stop.code, 130, stop.said);
      assert.match(stop.said, /Stopped by the user/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/**
 * C source: the runtime hangs when it opens a file with one of these names, on any thread or only on the
 * program's own, and makes another file then.
 */
const preloaded = `
  #define _GNU_SOURCE
  #include <dlfcn.h>
  #include <string.h>
  #include <unistd.h>
  int creat64(const char *path, unsigned mode);
  int open64(const char *path, int flags, int mode)
  {
    if (strstr(path, "never-opens") || (strstr(path, "blocks") && getpid() == gettid())) {
      char hangs[4096] = "";
      strcat(strncpy(hangs, path, 4000), ".hangs");
      for (close(creat64(hangs, 0600));;)
        pause();
    }
    return ((int (*)(const char *, int, int))dlsym(RTLD_NEXT, "open64"))(path, flags, mode);
  }`;

/** Runs work with an image that never opens, and with the library that makes it so. */
async function withHangingFile(
  name: string,
  work: (file: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hang.c`, preloaded);
    const flags = ["-shared", "-fPIC", "-fno-builtin", "-Wno-builtin-declaration-mismatch"];
    await runTool("gcc", [...flags, "-o", `${folder}/hang.so`, `${folder}/hang.c`]);
    await Deno.mkdir(`${folder}/release`);
    const file = `${folder}/release/${name}.bin`;
    await Deno.writeFile(file, new Uint8Array(1000));
    await work(file, { LD_PRELOAD: `${folder}/hang.so`, NO_COLOR: "1", LANG: "en" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Starts the program; SIGKILL ends it if nothing else does. */
function started(words: readonly string[], env: Record<string, string>) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", main, ...words],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const killed = setTimeout(() => child.kill("SIGKILL"), KILL_MS);
  return { child, output: child.output().finally(() => clearTimeout(killed)) };
}

Deno.test({
  name: "a file on a disk that does not answer ends every command by a deadline; a stop at once",
  ignore: library === undefined,
  fn: () =>
    withHangingFile("never-opens", async (file, env) => {
      const folder = file.slice(0, file.lastIndexOf("/"));
      const lines = [
        ["plan", "restore", "openmv-h7", "--image", `firmware=${file}`],
        ["images", "import", folder],
        ["dfu-util", "-d", "0483:df11", "-a", "0", "-D", file],
      ];
      await withEach(lines, async (words) => {
        const { code, stdout, stderr } = await started(words, env).output;
        const text = new TextDecoder();
        const said = (text.decode(stdout) + text.decode(stderr)).replaceAll(/\s+/g, " ");
        assert.equal(code, 8, said);
        assert.match(said, /The disk does not answer: \S+ was not read within 10 s/);
        assert.match(said, /Copy it to a disk of this computer/);
      });
      await Deno.remove(`${file}.hangs`);
      const { child, output } = started(lines[0], env);
      await stopWhenThere(child, `${file}.hangs`);
      assert.equal((await output).code, 130);
    }),
});

Deno.test({
  name: "a disk that blocks the program itself: Ctrl-C and SIGTERM still end it",
  ignore: library === undefined,
  fn: () =>
    withEach(
      ["SIGINT", "SIGTERM"] as const,
      (stop) =>
        withHangingFile("blocks", async (file, env) => {
          const words = ["plan", "restore", "openmv-h7", "--image", `firmware=${file}`];
          const { child, output } = started(words, env);
          await stopWhenThere(child, `${file}.hangs`, stop);
          const { signal } = await output;
          assert.equal(signal, "SIGALRM"); // 2 or 15 seconds later: last_resort.ts
        }),
    ),
});
