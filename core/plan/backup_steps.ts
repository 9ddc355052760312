import { isEqual } from "../common/bytes.ts";
import { type ErrorKind, isKind, UnbrickError } from "../common/errors.ts";
import { byteSize } from "../common/format.ts";
import { listAnd, text, type Words } from "../common/text.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { Region } from "../image/backup.ts";
import type { StepContext } from "./step_context.ts";
import type { Step } from "./step.ts";

/** The steps that read a camera for a backup, each region twice. */

/** Takes what a backup reads, as it is read. */
export interface BackupStore {
  /** Name of the file that becomes the backup, for messages. */
  readonly name: string;
  /** The interrupted run that saved regions and then began to write; left out: none did. */
  readonly interrupted?: InterruptedRun;
  /** True if the region is wanted. */
  isWanted(region: Region): boolean;
  /** True if it is saved: by this run, or by an interrupted one that then began to write. */
  isSaved(region: Region): boolean;
  /** What a run that was interrupted read of a region; it counts as the first reading. */
  earlier(region: Region): Uint8Array | undefined;
  /** Keeps the first reading of a region, for a run after an interruption. */
  keep(region: Region, bytes: Uint8Array): void;
  /** Takes what was read twice, equal. */
  save(region: Region, bytes: Uint8Array): void;
  /** Takes the ids that the camera has shown. */
  identify(ids: readonly UnitId[]): void;
  /** The region could not be read. */
  miss(region: Region, reason: Words): void;
  /** Writes the backup under its name, unless nothing was saved. @returns what is in it, in words */
  finish(): Words;
}

/** A run that had begun to write, and the camera that it saved before. */
export interface InterruptedRun {
  /** Its time, ISO 8601, UTC. */
  readonly at: string;
  /** Id of the board. */
  readonly board: string;
  readonly camera: readonly UnitId[];
}

/** A region and how it is read. */
export interface BackupSource extends Region {
  /** Expected milliseconds to read it once. */
  readonly weight: number;
  /** Returns why the camera does not show the region in the mode that it is in now. */
  hidden?(context: StepContext): Promise<Words | undefined>;
  /** Reads it whole. @param onProgress bytes read so far */
  read(context: StepContext, onProgress: (done: number) => void): Promise<Uint8Array>;
}

/** How often a region is read until two readings in a row are equal. Our choice. */
const READINGS = 4;
/** After so many failed readings the region counts as unreadable. Our choice. */
const FAILURES = 2;

/** Without a camera the rest cannot be read either: the next run goes on there. */
const endsRun: readonly ErrorKind[] = ["disconnected", "cancelled", "bug"];

/** Regions that were to be read and could not be. */
interface BackupFacts {
  readonly failures: { readonly region: Region; readonly error: UnbrickError }[];
  saved: number;
}

/** Key of these facts in `learned`. */
export const backupFacts = (): BackupFacts => ({ failures: [], saved: 0 });

/** Returns a step for each region that is wanted, and one that says whether all could be read. */
export function backupSteps(store: BackupStore, sources: readonly BackupSource[]): Step[] {
  const wanted = sources.filter((source) => store.isWanted(source));
  return [...wanted.map((source) => saveStep(store, source)), completeStep(store)];
}

/** Returns the step that saves a region, unless it is saved already. */
export function saveStep(store: BackupStore, source: BackupSource): Step {
  const { name, size, weight } = source;
  return {
    id: `back-up-${name}`,
    title: text`Read ${name} twice`,
    weight: 2 * weight,
    effect: "none",
    isDone(context) {
      const { interrupted } = store;
      if (!interrupted || !store.isSaved(source)) return Promise.resolve(undefined);
      refuseOtherCamera(context, store.name, interrupted);
      const claim = text`An interrupted run saved ${name} for ${store.name} (${interrupted.at}).`;
      return Promise.resolve({ claim, evidence: "device-check" });
    },
    async run(context) {
      const hidden = await source.hidden?.(context);
      if (hidden !== undefined) {
        store.miss(source, hidden);
        return context.note(text`${name} (${byteSize(size)}) is not in the backup: ${hidden}`);
      }
      const facts = context.learned(backupFacts);
      const read = await readTwice(store, source, context);
      if (read instanceof UnbrickError) {
        facts.failures.push({ region: source, error: read });
        store.miss(source, read.text);
        return context.note(text`${name} (${byteSize(size)}) is not in the backup: ${read.text}`);
      }
      store.identify(context.unitIds);
      store.save(source, read);
      context.output(name, read);
      facts.saved++;
    },
  };
}

/** @throws UnbrickError `usage` if what was saved is not of this camera */
function refuseOtherCamera(
  { board, unitIds }: StepContext,
  path: string,
  interrupted: InterruptedRun,
): void {
  const isDenied = interrupted.camera.some((one) =>
    unitIds.some((id) => board.isSameUnit?.(one, id) === false)
  );
  if (interrupted.board === board.id && !isDenied) return;
  throw new UnbrickError(
    "usage",
    text`An interrupted run saved another camera for ${path}. Choose another name.`,
    { path, exists: true },
  );
}

/**
 * Returns the bytes, or why the region cannot be read: `verify-failed` if no two readings in a row are
 * equal.
 * @throws UnbrickError that ends the run; as the store
 */
async function readTwice(
  store: BackupStore,
  source: BackupSource,
  context: StepContext,
): Promise<Uint8Array | UnbrickError> {
  const { name, size } = source;
  let last = store.earlier(source), failures = 0;
  for (let reading = 0; reading < READINGS; reading++) {
    const before = last === undefined ? 0 : size;
    const bytes = await source.read(context, (done) => {
      if (reading < 2) context.progress(Math.floor((before + done) / 2), size);
    }).catch((error: unknown) => {
      if (error instanceof UnbrickError && !isKind(error, ...endsRun)) return error;
      throw error;
    });
    if (bytes instanceof UnbrickError) {
      if (++failures === FAILURES) return bytes;
      continue;
    }
    if (last && isEqual(last, bytes)) return bytes;
    last = bytes;
    store.keep(source, bytes);
  }
  return new UnbrickError(
    "verify-failed",
    text`Each of ${READINGS} readings of ${name} gave something else.`,
    { region: name },
  );
}

const completeStep = (store: BackupStore): Step => ({
  id: "check-backup",
  title: text`Check that every region was read`,
  weight: 1,
  effect: "none",
  run(context) {
    store.identify(context.unitIds);
    const { failures, saved } = context.learned(backupFacts);
    const [first] = failures;
    if (saved > 0 && !first) return Promise.resolve();
    if (saved === 0) {
      return Promise.reject(
        first?.error ?? new UnbrickError(
          "not-found",
          text`In the mode that the camera is in now, none of the regions can be read.`,
        ),
      );
    }
    const names = failures.map(({ region }) => region.name);
    return Promise.reject(
      new UnbrickError(
        first.error.kind,
        text`The backup is not complete: ${listAnd(names)} could not be read.`,
        { ...first.error.data, regions: names },
      ),
    );
  },
});
