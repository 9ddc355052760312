import { ReadBacks } from "../../../core/plan/read_back.ts";
import type { StepContext } from "../../../core/plan/step_context.ts";

/** A step context for trying one step without a bus; what it was told can be read afterwards. */
export interface ScriptedContext extends StepContext {
  readonly notes: readonly string[];
  /** Bytes done and bytes in all, as the step reported them. */
  readonly reported: readonly (readonly [done: number, total: number])[];
  readonly outputs: ReadonlyMap<string, Uint8Array>;
}

/** @param answers what the context answers; asking it for anything else is an error */
export function scriptedContext(answers: Partial<StepContext> = {}): ScriptedContext {
  const facts = new Map<() => object, object>();
  const notes: string[] = [], reported: [number, number][] = [];
  const outputs = new Map<string, Uint8Array>();
  let received = 0;
  const readBacks = new ReadBacks(() => received += 2 ** 32);
  const context: Partial<ScriptedContext> = {
    notes,
    reported,
    outputs,
    signal: new AbortController().signal,
    learned<T extends object>(make: () => T) {
      if (!facts.has(make)) facts.set(make, make());
      return facts.get(make) as T;
    },
    readBack: (ranges, read) => readBacks.read(ranges, read),
    note: (text) => void notes.push(String(text)),
    progress: (done, total) => void reported.push([done, total]),
    output: (name, bytes) => void outputs.set(name, bytes),
    ...answers,
  };
  return context as ScriptedContext;
}

/** Returns `use` of a context: every session is this one. */
export function sessionOf(session: unknown): StepContext["use"] {
  return (_kind, work) => work(session as never);
}
