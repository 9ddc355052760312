import assert from "node:assert/strict";
import { inTempFolder } from "../../../tests/support/temp_folder.ts";
import { beginKeptRun, keptRuns } from "./runs_folder.ts";

const date = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

Deno.test("several runs that begin at once remove the oldest ones, and each is kept", () =>
  inTempFolder(async (folder) => {
    for (let run = 0; run < 40; run++) {
      Deno.writeTextFileSync(`${folder}/20250101T0000${10 + run}Z_1.pcapng`, "old");
    }
    const begun = await Promise.all(
      Array.from({ length: 8 }, (_, at) => beginKeptRun(folder, date(at))),
    );
    await Promise.all(begun.map((one) => one.close()));
    const names = keptRuns(folder).map(({ path }) => path.split("/").at(-1)!);
    assert.equal(names.filter((name) => name.startsWith("2026")).length, 8);
    assert.ok(names.length < 40, `${names.length}`);
  }));
