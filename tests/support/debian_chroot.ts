import { fileURLToPath } from "node:url";
import { ensureProgram } from "../../tools/apt.ts";
import { exists } from "../../tools/files.ts";
import { run } from "../../tools/run.ts";
import { type Outcome, start, type StartOptions } from "../executables/launcher.ts";

/** A Debian 13 system in a folder of its own. It needs root, and is made once. */
export class DebianChroot {
  readonly #root: URL;
  /** A file outside the system that exists only when the system is complete. */
  readonly #complete: URL;

  /**
   * @param folder the folder for the system
   * @param packages the Debian packages that it contains besides the smallest system
   * @param environment of the programs inside
   */
  constructor(
    readonly folder: URL,
    readonly packages: readonly string[],
    readonly environment: Readonly<Record<string, string>>,
  ) {
    this.#root = new URL("trixie/", folder);
    this.#complete = new URL("complete", folder);
  }

  /**
   * Makes the system if it does not exist.
   * @param finish what else makes it complete
   * @throws MissingProgram, or Error if not root
   */
  async ensure(finish: () => Promise<unknown> = async () => {}): Promise<void> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
      throw new Error("this needs a Debian of its own: run it on Linux, as root");
    }
    if (await exists(this.#complete)) return;
    await ensureProgram("mmdebstrap", "mmdebstrap");
    await Deno.remove(this.folder, { recursive: true }).catch(() => {}); // it does not exist the first time
    await Deno.mkdir(this.#root, { recursive: true });
    console.log(`making a Debian 13 in ${fileURLToPath(this.folder)}, once; a minute or two`);
    // In its own mount namespace, so that no mount remains on this machine.
    await run("unshare", [
      ...["--mount", "mmdebstrap", "--variant=minbase", "--dpkgopt=force-unsafe-io"],
      ...[`--include=${this.packages.join(",")}`, "trixie", fileURLToPath(this.#root)],
    ]);
    await finish();
    await Deno.writeTextFile(this.#complete, "");
  }

  /** Returns the path on this machine of a file inside. */
  outside(path: string): string {
    return fileURLToPath(this.#root) + path.replace(/^\//, "");
  }

  /**
   * Runs a program inside.
   * @throws Error if it fails
   */
  async run(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
    const outcome = await this.enter(line, options);
    const { code, stdout, stderr } = outcome;
    if (code === 0) return outcome;
    throw new Error(`${line.join(" ")} failed inside:\n${stdout}${stderr}`);
  }

  /** Runs a program inside and ignores a failure. */
  async enter(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
    const env = { ...this.environment, ...options.env };
    return await start(this.entering(line), { ...options, env });
  }

  /** Returns the command line that runs another one inside; it needs `environment`. */
  entering(line: readonly string[]): string[] {
    const script = 'cd "$0"; mount -t proc proc proc; mount --rbind /dev dev; exec chroot . "$@"';
    const command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script];
    return [...command, fileURLToPath(this.#root), ...line];
  }
}
