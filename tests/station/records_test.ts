import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Batch, BatchCamera } from "../../core/cli/records/batch.ts";
import { BatchFolder } from "../../core/cli/records/batch_folder.ts";
import { readBatch } from "../../core/cli/records/batch_files.ts";
import { verifyFolder } from "../../core/cli/records/verify_folder.ts";
import { csvOf } from "../../core/cli/records/csv.ts";
import { pageName, unfinishedName } from "../../core/cli/records/record_name.ts";
import { publicKeyOf } from "../../core/image/signature.ts";
import type { RunReport } from "../../core/plan/report.ts";
import { withDiskCalls } from "../support/records/disk_calls.ts";
import { reportOf } from "../support/records/reports.ts";

/** The records of a station: a chain in which nothing can be changed, inserted or removed. */

function inFolder<T>(work: (folder: string) => T): T {
  const parent = Deno.makeTempDirSync();
  try {
    return work(join(parent, "records"));
  } finally {
    Deno.removeSync(parent, { recursive: true });
  }
}

/** Adds records as a station does: the unfinished one is on the disk before. */
function addAll(folder: string, reports: readonly RunReport[]): void {
  using batch = new BatchFolder(folder);
  for (const report of reports) {
    const path = join(folder, `${unfinishedName(report)}.json`);
    Deno.writeTextFileSync(path, JSON.stringify({ ...report, finished: false }));
    batch.add(report);
    Deno.removeSync(path);
  }
}

const some = (count: number) => Array.from({ length: count }, (_, at) => reportOf(at + 1));
const problemsIn = (folder: string) => verifyFolder(folder).problems.map(({ problem }) => problem);
const filesIn = (folder: string) =>
  (existsSync(folder) ? [...Deno.readDirSync(folder)] : []).map(({ name }) => name)
    .filter((name) => name !== ".lock").sort();

Deno.test("a station that starts again continues the chain", () =>
  inFolder((folder) => {
    addAll(folder, some(3));
    addAll(folder, some(2));
    const { batch, problems } = verifyFolder(folder);
    assert.deepEqual(problems, []);
    assert.deepEqual(batch.cameras.map(({ number }) => number), [1, 2, 3, 4, 5]);
    assert.deepEqual(batch.cameras.map(({ serials }) => serials[0].serial), [
      ...["SERIAL1", "SERIAL2", "SERIAL3", "SERIAL1", "SERIAL2"],
    ]);
    assert.equal(new Set(batch.cameras.map(({ record }) => record)).size, 5);
  }));

Deno.test("any changed byte, any missing and any inserted file is found", () =>
  inFolder((folder) => {
    addAll(folder, some(4));
    const names = filesIn(folder);
    assert.equal(names.length, 10);
    const harm = fc.record({
      kind: fc.constantFrom("change", "remove", "insert", "swap", "cut"),
      file: fc.constantFrom(...names),
      other: fc.constantFrom(...names),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(fc.property(harm, ({ kind, file, other, at, by }) => {
      const copy = `${folder}.copy`;
      cpSync(folder, copy, { recursive: true });
      try {
        const path = join(copy, file), second = join(copy, other);
        const bytes = Deno.readFileSync(path), others = Deno.readFileSync(second);
        if (kind === "change") {
          bytes[at % bytes.length] ^= by;
          Deno.writeFileSync(path, bytes);
        } else if (kind === "cut") {
          Deno.writeFileSync(path, bytes.subarray(0, at % bytes.length));
        } else if (kind === "remove") Deno.removeSync(path);
        else if (kind === "insert") {
          Deno.writeFileSync(join(copy, `x${at}.${at % 2 ? "json" : "html"}`), bytes);
        } else {
          if (file === other) return;
          Deno.writeFileSync(path, others);
          Deno.writeFileSync(second, bytes);
        }
        let found: readonly string[];
        try {
          found = problemsIn(copy);
        } catch (error) {
          assert.match(String(error), /batch\.json cannot be used/);
          return;
        }
        // A white space or an unused field of the list says nothing else than before.
        const before = JSON.stringify(readBatch(folder));
        if (
          kind === "change" && file === "batch.json" && JSON.stringify(readBatch(copy)) === before
        ) {
          return;
        }
        assert.notDeepEqual(found, []);
      } finally {
        Deno.removeSync(copy, { recursive: true });
      }
    }));
  }));

Deno.test("a byte that says nothing is found, too", () =>
  inFolder((folder) => {
    addAll(folder, some(2));
    for (const { record } of readBatch(folder)!.cameras) {
      for (const file of [record, pageName(record)]) {
        const before = Deno.readTextFileSync(join(folder, file));
        Deno.writeTextFileSync(join(folder, file), before + "\n");
        const { problems } = verifyFolder(folder);
        assert.deepEqual(problems.map(({ problem, file }) => [problem, file]), [["changed", file]]);
        Deno.writeTextFileSync(join(folder, file), before);
      }
    }
  }));

Deno.test("a record removed together with its line, or one inserted with a line, is found", () =>
  inFolder((folder) => {
    addAll(folder, some(4));
    const batch = readBatch(folder)!;
    const [one, two, three, four] = batch.cameras;
    const edited = { ...two, outcome: "proven", serials: [{ mode: "rom", serial: "OTHER" }] };
    /** Makes everything else agree with the list: its end, the table, and which files are there. */
    const forged = (cameras: readonly BatchCamera[], last: Batch["last"]) => {
      const copy = `${folder}.copy`;
      cpSync(folder, copy, { recursive: true });
      const forgery: Batch = { ...batch, cameras, last };
      Deno.writeTextFileSync(join(copy, "batch.json"), JSON.stringify(forgery));
      Deno.writeTextFileSync(join(copy, "batch.csv"), csvOf(forgery));
      for (const { record } of batch.cameras.filter((all) => !cameras.includes(all))) {
        if (cameras.some((one) => one.record === record)) continue;
        for (const file of [record, pageName(record)]) Deno.removeSync(join(copy, file));
      }
      const { problems } = verifyFolder(copy);
      Deno.removeSync(copy, { recursive: true });
      return problems.map(({ problem, file }) => [problem, file]);
    };
    const endOf = (number: number, { sha256 }: BatchCamera) => ({ number, sha256 });
    assert.deepEqual(forged([one, two, three, four], endOf(4, four)), []);
    assert.deepEqual(forged([one, three, four], endOf(3, four)), [
      ["changed", three.record],
      ["changed", four.record],
    ]);
    const swapped = forged([one, three, two, four], endOf(4, four));
    assert.deepEqual(swapped.map(([problem]) => problem), ["changed", "changed", "changed"]);
    assert.deepEqual(forged([one, two, three], batch.last), [["changed", "batch.json"]]);
    assert.deepEqual(forged([one, edited, three, four] as BatchCamera[], batch.last), [
      ["changed", "batch.json"],
    ]);
  }));

Deno.test("killed at any moment: nothing looks changed, and the next start completes the folder", () =>
  inFolder((folder) => {
    const copies: string[] = [];
    const reports = some(3);
    withDiskCalls(() => {
      if (!filesIn(folder).some((name) => /_port-/.test(name))) return;
      const copy = `${folder}.${copies.length}`;
      cpSync(folder, copy, { recursive: true });
      copies.push(copy);
    }, () => addAll(folder, reports));
    assert.ok(copies.length > 30, `${copies.length} moments`);
    for (const copy of copies) {
      assert.deepEqual(problemsIn(copy), [], copy);
      const before = readBatch(copy)?.cameras.length ?? 0;
      const { unfinished } = verifyFolder(copy);
      new BatchFolder(copy)[Symbol.dispose]();
      const { problems, batch, unfinished: left } = verifyFolder(copy);
      assert.deepEqual([problems, left], [[], []], copy);
      assert.deepEqual(filesIn(copy).filter((name) => /\.(new|part)$/.test(name)), [], copy);
      assert.ok(batch.cameras.length - before <= unfinished.length, "no record twice");
      const runs = batch.cameras.map(({ record }) => record.slice(-8));
      assert.equal(filesIn(copy).length, runs.length === 0 ? 1 : 2 * runs.length + 2, copy);
      assert.equal(new Set(runs).size, runs.length, "no record twice");
      for (const { finished, record } of batch.cameras) {
        const { closed } = JSON.parse(Deno.readTextFileSync(join(copy, record)));
        assert.equal(closed === true, !finished);
      }
    }
  }));

Deno.test("a full disk, at any write: a record is listed or reported as lost, and the next one is written", () =>
  inFolder((folder) => {
    for (let at = 1; at <= 8; at++) {
      const own = `${folder}-${at}`;
      let writes = 0, lost = 0;
      using batch = new BatchFolder(own);
      for (const report of some(4)) {
        try {
          withDiskCalls((call) => {
            if (call !== "writeSync" || report.station!.run !== 2 || ++writes < at) return;
            throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
          }, () => batch.add(report));
        } catch (error) {
          assert.match(String(error), /disk is full/);
          lost++;
        }
      }
      const { problems, batch: { cameras } } = verifyFolder(own);
      assert.deepEqual(problems, [], `from write ${at}`);
      assert.ok(cameras.length === 4 || cameras.length + lost === 4, `${cameras.length}, ${lost}`);
    }
  }));

Deno.test("two stations do not write into one folder", () =>
  inFolder((folder) => {
    using _first = new BatchFolder(folder);
    assert.throws(() => new BatchFolder(folder), /Another station/);
  }));

Deno.test("with a key, a chain that somebody else made is refused, by verify-records and by the station", () =>
  inFolder((folder) => {
    const [key, other] = [1, 2].map(() => generateKeyPairSync("ed25519").privateKey);
    const shop = publicKeyOf(key);
    const add = (place: string, key: KeyObject | undefined, run: number) => {
      using batch = new BatchFolder(place, key);
      batch.add(reportOf(run));
    };
    const verified = (place: string) =>
      verifyFolder(place, shop).problems.map(({ problem }) => problem);
    add(folder, key, 1);
    add(folder, key, 2);
    assert.deepEqual(verified(folder), []);
    const [unsigned, forged] = [`${folder}.1`, `${folder}.2`];
    add(unsigned, undefined, 1);
    add(forged, other, 1);
    for (const place of [unsigned, forged]) assert.deepEqual(verified(place), ["signature"]);

    // A station signs only what it wrote, and goes on signing.
    const refused: readonly (readonly [string, KeyObject | undefined, RegExp])[] = [
      [folder, undefined, /are signed/],
      [folder, other, /not signed with this key/],
      [unsigned, key, /are not signed\./],
      [forged, key, /not signed with this key/],
    ];
    for (const [place, key, reason] of refused) assert.throws(() => add(place, key, 3), reason);
    assert.deepEqual(verified(folder), []);

    const path = join(folder, "batch.json");
    const { signature, ...batch } = readBatch(folder)!;
    for (const value of [undefined, 3, "", "%", "AAAA"]) {
      Deno.writeTextFileSync(
        path,
        JSON.stringify({ ...batch, signature: { ...signature, value } }),
      );
      assert.deepEqual(verified(folder), ["signature"], String(value));
    }
  }));

Deno.test("a table that another program keeps open is written later; the end says if it could not be", () =>
  inFolder((folder) => {
    const table = join(folder, "batch.csv");
    const blocked = (work: () => void) =>
      withDiskCalls((call, path) => {
        if (call === "openSync" && path === `${table}.new`) throw new Error("in use");
      }, work);
    using batch = new BatchFolder(folder);
    batch.add(reportOf(1));
    blocked(() => {
      batch.add(reportOf(2));
      batch.add(reportOf(3));
      assert.match(batch.writeTable()!.message, /batch\.csv cannot be written: in use/);
    });
    assert.deepEqual(problemsIn(folder), ["changed"]);
    assert.equal(batch.writeTable(), undefined);
    assert.deepEqual(problemsIn(folder), []);
  }));

Deno.test("batch.csv: a line for each camera, and no formula from a device or a person", () =>
  inFolder((folder) => {
    const evil = `=HYPERLINK("http://x","y")`;
    const wide = " ＝1+1";
    addAll(folder, [reportOf(1, { operator: evil }), reportOf(3), reportOf(5, { operator: wide })]);
    const lines = Deno.readTextFileSync(join(folder, "batch.csv")).split("\r\n");
    assert.equal(lines.length, 5);
    assert.ok(lines[3].includes(`,'${wide},`), lines[3]);
    assert.match(lines[0], /^number,started,milliseconds,job,simulated,port,operator,board,/);
    assert.ok(lines[1].includes(`"'=HYPERLINK(""http://x"",""y"")"`), lines[1]);
    assert.match(
      lines[2],
      /,Ada,openmv-h7,OpenMV Cam H7,rom SERIAL3,.*partly-written,yes,7,disconnected,not-made,/,
    );
  }));
