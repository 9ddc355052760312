import { parseArgs } from "node:util";
import { download } from "./images/download.ts";
import { type LockedFile, lockText, parseLock } from "./images/lock_file.ts";
import { makeLock } from "./images/make_lock.ts";
import { type LicenceFacts, licences, usualSources } from "./images/sources.ts";
import { projectRoot } from "./targets.ts";

/**
 * `deno task lock-images VERSION`: writes images.lock.json, which says which real images
 * `deno task build --locked-images` embeds. It needs a network and a maintainer, who decides about
 * each licence: at the terminal, or with `--accept ID` and `--refuse ID`. An accepted licence needs
 * its text: `--notice ID=FILE`, unless the place of the text is known.
 *
 * `--firmware ADDRESS` (a zip), `--loaders ADDRESS/` and `--packages ADDRESS/` (folders) replace the
 * usual sources, `--output FILE` the name of the lock.
 */

/** Largest licence text, bytes. Chosen by unbrick. */
const largestNotice = 200_000;

interface Decisions {
  readonly accept: readonly string[];
  readonly refuse: readonly string[];
  /** Texts by licence. */
  readonly notices: ReadonlyMap<string, string>;
}

async function decide(
  facts: LicenceFacts,
  files: readonly LockedFile[],
  { accept, refuse, notices }: Decisions,
): Promise<{ decision: "accepted" | "refused"; notice: string }> {
  const { id, title, source } = facts;
  console.log(`\n${id}: ${title}\n  ${source}`);
  for (const { board, role, size } of files) console.log(`  ${board}, ${role}: ${size} bytes`);
  const isDecided = accept.includes(id) || refuse.includes(id);
  if (!isDecided && !Deno.stdin.isTerminal()) {
    throw new Error(`decide about ${id} with --accept ${id} or --refuse ${id}`);
  }
  const isAccepted = isDecided ? accept.includes(id) : confirm("Embed these files?");
  console.log(`  ${isAccepted ? "accepted" : "refused"}`);
  if (!isAccepted) return { decision: "refused", notice: "" };
  const notice = notices.get(id) ?? await knownNotice(facts);
  if (notice.trim() === "") throw new Error(`the notice of ${id} is empty`);
  return { decision: "accepted", notice };
}

async function knownNotice({ id, notice }: LicenceFacts): Promise<string> {
  if (notice === undefined) {
    throw new Error(`${id} is accepted: give the text of its licence with --notice ${id}=FILE`);
  }
  const { bytes } = await download(notice, { maximum: largestNotice });
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** @throws Error if an option names no licence, or if both decisions were given */
function refuseUnclear(
  accept: readonly string[],
  refuse: readonly string[],
  noticed: readonly string[],
): void {
  const known: readonly string[] = Object.values(licences).map(({ id }) => id);
  const unknown = [...accept, ...refuse, ...noticed].find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new Error(`there is no licence ${unknown}; there are: ${known.join(", ")}`);
  }
  const both = accept.find((id) => refuse.includes(id));
  if (both !== undefined) throw new Error(`${both} is both accepted and refused`);
}

/** Returns `ID=FILE` options as texts by id. */
async function noticesOf(options: readonly string[]): Promise<Map<string, string>> {
  const notices = new Map<string, string>();
  for (const option of options) {
    const [, id, file] = /^([\w-]+)=(.+)$/.exec(option) ?? [];
    if (id === undefined) throw new Error(`--notice ${option}: write ID=FILE`);
    notices.set(id, await Deno.readTextFile(file));
  }
  return notices;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: {
      firmware: { type: "string" },
      loaders: { type: "string" },
      packages: { type: "string" },
      accept: { type: "string", multiple: true, default: [] },
      refuse: { type: "string", multiple: true, default: [] },
      notice: { type: "string", multiple: true, default: [] },
      output: { type: "string", default: "images.lock.json" },
    },
    allowPositionals: true,
  });
  try {
    const [version, ...others] = positionals;
    if (version === undefined || others.length > 0) {
      throw new Error("name one version of OpenMV's firmware, for example 5.0.0");
    }
    const { accept, refuse, output } = values;
    const notices = await noticesOf(values.notice);
    refuseUnclear(accept, refuse, [...notices.keys()]);
    const usual = usualSources(version);
    const lock = await makeLock(
      version,
      {
        firmware: values.firmware ?? usual.firmware,
        loaders: values.loaders ?? usual.loaders,
        packages: values.packages ?? usual.packages,
      },
      (facts, files) => decide(facts, files, { accept, refuse, notices }),
      (line) => console.log(line),
    );
    const text = lockText(lock);
    parseLock(text, output);
    await Deno.writeTextFile(new URL(output, projectRoot), text);
    console.log(`\n${output}: ${lock.files.length} files of firmware ${version}`);
  } catch (error) {
    console.error(`lock-images failed: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
