import assert from "node:assert/strict";
import { UnbrickError } from "../../common/errors.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { toyFamily } from "../../../tests/support/cli/toy_family.ts";
import { commandTable } from "../commands/table.ts";
import { shells } from "./shell_names.ts";
import { completionScript, completionsFor } from "./shells.ts";

/** Returns what fish would print: one suggestion per line, a tab and its meaning. */
const offered = (...words: string[]) =>
  completionsFor("fish", words, [toyFamily()], commandTable).split("\n").map((line) =>
    line.split("\t")[0]
  )
    .filter(Boolean);

Deno.test("commands, boards in both forms, options and their values are completed", () => {
  assert.deepEqual(offered("rest"), ["restore"]);
  assert.ok(offered("").includes("doctor") && offered("").includes("help"));
  assert.deepEqual(offered("restore", "openmv-t"), ["openmv-toy"]);
  assert.deepEqual(offered("restore", "to"), ["toy"]);
  assert.deepEqual(offered("plan", "fl"), ["flash"]);
  assert.deepEqual(offered("restore", "toy", "--cond"), ["--condition"]);
  assert.deepEqual(offered("restore", "--condition", "b"), ["bricked", "blank"]);
  assert.deepEqual(offered("help", "exit"), ["exit-codes"]);
  assert.deepEqual(offered("completion", "po"), ["powershell"]);
});

Deno.test("values that only families know: roles, traps with their values, consents", () => {
  assert.deepEqual(offered("restore", "toy", "--image", "firm")[0], "firmware=");
  assert.deepEqual(offered("restore", "toy", "--trap", ""), ["forgetful", "ink=blue"]);
  assert.deepEqual(offered("restore", "toy", "--allow-fuse", ""), ["toy-fuse"]);
});

Deno.test("files are left to the shell, also after ROLE= and in other tools' command lines", () => {
  assert.deepEqual(offered("restore", "--image", "firmware=x"), [
    "__FILE__:file::firmware=x:0:firmware=",
  ]);
  assert.deepEqual(offered("restore", "--images", ""), ["__FILE__:any:zip::0"]);
  assert.deepEqual(offered("dfu-util", "-D", "boot"), ["__FILE__:any::boot:0"]);
});

Deno.test("the script of each shell calls unbrick; another shell is refused", async () => {
  for (const shell of shells) {
    assert.match(completionScript(shell), /unbrick/);
    const { code, out } = await ran(`completion ${shell}`);
    assert.equal(code, 0);
    assert.equal(out, completionScript(shell) + "\n");
    assert.ok(out.includes(shell === "powershell" ? "'completion', 'powershell'" : shell), shell);
  }
  assert.throws(() => completionScript("basch"), UnbrickError);
  assert.equal((await ran("completion tcsh")).code, 2);
});

Deno.test("a shell that asks receives only suggestions", async () => {
  const { code, out, error } = await ran("completion fish restore --nonsense --co");
  assert.equal(error, "");
  assert.ok(code === 0 && !out.includes("nonsense"));
});

const source = `
unbrick() { printf '%s\\n' "$*" >> "$CALLS"; printf 'openmv-toy\\n'; }
COMP_LINE="unbrick restore open" COMP_POINT=20 COMP_WORDS=(unbrick restore open) COMP_CWORD=2
_unbrick unbrick open restore
printf '%s\\n' "\${COMPREPLY[@]}"`;

Deno.test("bash runs its script", { ignore: Deno.build.os === "windows" }, async () => {
  const calls = Deno.makeTempFileSync();
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", completionScript("bash") + source],
    env: { CALLS: calls },
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "openmv-toy\n");
  assert.equal(Deno.readTextFileSync(calls), "completion bash restore open\n");
  Deno.removeSync(calls);
});
