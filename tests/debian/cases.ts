import assert from "node:assert/strict";
import { udevRules } from "../../core/common/udev_rules.ts";
import config from "../../deno.json" with { type: "json" };
import { type ExecutableCase, outcomeText } from "../executables/launcher.ts";
import { system } from "./system.ts";

/** Folders whose files change while a package is installed or removed, whatever the package. */
const ofTheSystem = ["/proc", "/sys", "/dev", "/run", "/tmp", "/home", "/var/lib/dpkg", "/var/log"]
  .concat("/var/cache");

/** Returns what is in the system, besides the system's own records. */
async function everyFile(): Promise<string[]> {
  const pruned = ofTheSystem.flatMap((folder) => ["-path", folder, "-prune", "-o"]);
  return (await system.run(["find", "/", ...pruned, "-print"])).stdout.split("\n").sort();
}

/** Returns what Tab offers after some words, by bash-completion itself. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(" ");
  const script = `. /usr/share/bash-completion/bash_completion; _comp_load unbrick
    COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
    COMP_LINE="${line}"; COMP_POINT=\${#COMP_LINE}; _unbrick; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await system.run(["bash", "-c", script]);
  return stdout.split("\n").map((word) => word.trim()).filter((word) => word !== "");
}

/** Returns the cases, in their order: they check, install, use and remove the package. */
export function packageCases(deb: string): readonly ExecutableCase[] {
  let before: string[] = [];
  return [
    {
      name: "lintian has nothing to say",
      async run() {
        const line = ["lintian", "--allow-root", "--tag-display-limit", "0", "--pedantic", deb];
        const outcome = await system.enter(line, { deadlineMs: 900_000 });
        assert.equal(outcome.stdout, "", outcomeText(outcome));
        assert.equal(outcome.code, 0, outcomeText(outcome));
      },
    },
    {
      name: "dpkg installs it, and its files are those that it lists",
      async run() {
        before = await everyFile();
        await system.run(["dpkg", "--install", deb]);
        assert.equal((await system.run(["dpkg", "--verify", "unbrick"])).stdout, "");
        assert.ok((await everyFile()).length > before.length);
      },
    },
    {
      name: "an ordinary user restores a simulated camera",
      async run(launcher) {
        assert.equal((await launcher.run("--version")).stdout.trim(), config.version);
        const outcome = await launcher.run("restore openmv-h7 --simulate --fast --yes");
        assert.equal(outcome.code, 0, outcomeText(outcome));
      },
    },
    {
      name: "doctor finds the udev rules, and udev reads them",
      async run(launcher) {
        assert.match((await launcher.run("doctor")).stdout, /udev rules: installed\./);
        const check = await system.enter(["udevadm", "verify", udevRules.packagedPath]);
        assert.equal(check.code, 0, outcomeText(check));
      },
    },
    {
      name: "man shows the man page, and mandoc finds no fault in it",
      async run() {
        const page = await system.run(["man", "--warnings", "unbrick"]);
        assert.equal(page.stderr, "");
        assert.match(page.stdout.replaceAll(/.[\b]/g, ""), /--romfs MODE/);
        const script = "zcat /usr/share/man/man1/unbrick.1.gz | mandoc -T lint -W warning";
        await system.run(["sh", "-c", script]);
      },
    },
    {
      name: "Tab completes in bash, and zsh and fish read their completions",
      async run() {
        assert.ok((await offered("unbrick res")).includes("restore"));
        assert.ok((await offered("unbrick restore --sim")).includes("--simulate"));
        const files = [
          ["zsh", "/usr/share/zsh/vendor-completions/_unbrick"],
          ["fish", "/usr/share/fish/vendor_completions.d/unbrick.fish"],
        ];
        for (const [shell, file] of files) await system.run([shell, "-n", file]);
      },
    },
    {
      name: "nothing is left after its removal",
      async run() {
        await system.run(["dpkg", "--purge", "unbrick"]);
        assert.deepEqual(await everyFile(), before);
      },
    },
  ];
}
