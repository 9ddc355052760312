import { carryOut } from "./work.ts";

// Nearly every run here contains errors; a replay shows where they came from.
Error.stackTraceLimit = 0;

/** A thread that receives ids of cases and returns their results. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<readonly string[]>) => void;
  postMessage(part: unknown): void;
};

scope.onmessage = async ({ data }) => scope.postMessage(await carryOut(data));
