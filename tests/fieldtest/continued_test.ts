import assert from "node:assert/strict";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { ran } from "../support/cli/command_rig.ts";
import { fieldTest, filesIn } from "./field_test_rig.ts";
import { inTempFolder } from "../support/temp_folder.ts";

const line = "openmv-h7 --fast --yes";

Deno.test("a stopped field test goes on where it was, and keeps what it had", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/f.zip`;
    const stop = new AbortController();
    let text = "";
    const write = (more: string) => {
      text += more;
      if (/Write the firmware/.test(text)) stop.abort();
    };
    const first = await fieldTest(line, path, {
      console: { write },
      context: { signal: stop.signal },
    });
    assert.equal(first.code, 130);
    assert.deepEqual(
      first.record.stages.map(({ id, state }) => `${id} ${state}`),
      ["look passed", "check passed", "read passed", "verify passed", "flash stopped"],
    );
    assert.match(text, /the same command goes on where it was/);

    const second = await fieldTest(line, path);
    assert.equal(second.code, 0, second.out);
    assert.ok(second.record.stages.every(({ state }) => state === "passed"));
    assert.deepEqual(second.record.stages[0], first.record.stages[0], "not repeated");
    assert.equal(second.record.startedAt, first.record.startedAt);
    assert.ok(second.files.has("runs/flash-1.pcapng"), "the stopped attempt is kept");
    assert.match(second.out, /stages that passed are not\s+repeated/);

    const third = await fieldTest(line, path);
    assert.equal(third.code, 0);
    assert.deepEqual(third.cameras.length, 1, "nothing is left to do");
    assert.deepEqual(third.record, second.record);
  });
});

Deno.test("a result that cannot be saved is told, the earlier ones stay, and its stage is repeated", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/f.zip`;
    let text = "";
    const write = (more: string) => {
      text += more;
      // From the fourth stage on, the new file cannot be made.
      if (/Stage 4 of/.test(more)) Deno.mkdirSync(`${path}.new/x`, { recursive: true });
    };
    const first = await fieldTest(line, path, { console: { write } });
    assert.equal(first.code, 3);
    assert.match(
      text.replaceAll(/\s+/g, " "),
      /The result of the stage "Verify" is lost: .* cannot be written/,
    );
    assert.match(text.replaceAll(/\s+/g, " "), /it repeats this stage/);
    assert.deepEqual(first.record.stages.map(({ id }) => id), ["look", "check", "read"]);
    Deno.removeSync(`${path}.new`, { recursive: true });
    const second = await fieldTest(line, path);
    assert.equal(second.code, 0);
    assert.equal(second.record.stages.length, 10);
  });
});

Deno.test("another camera's test, and another file, are not overwritten", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/f.zip`;
    await fieldTest("arduino-giga --fast --yes", path);
    const before = Deno.readFileSync(path);
    const other = await fieldTest(line, path);
    assert.equal(other.code, 2);
    assert.match(other.error, /another board/);
    const file = `${folder}/g.zip`;
    Deno.writeTextFileSync(file, "mine");
    const { code, error } = await ran(["fieldtest", "toycam", "--simulate", "--yes", "-o", file]);
    assert.equal(code, 2, error);
    assert.deepEqual(Deno.readFileSync(path), before);
    assert.equal(Deno.readTextFileSync(file), "mine");
  });
});

Deno.test("without --yes nothing is done where nobody can agree", async () => {
  await inTempFolder(async (folder) => {
    const { code, out, record } = await fieldTest("openmv-h7 --fast", `${folder}/f.zip`);
    assert.equal(code, 16);
    assert.match(out, /Nobody is here to answer/);
    assert.deepEqual(record.stages, []);
  });
});

Deno.test("a person may leave out each stage", async () => {
  await inTempFolder(async (folder) => {
    const asked: string[] = [];
    const confirm = (question: unknown) => {
      asked.push(String(question));
      return Promise.resolve(false);
    };
    const { code, record } = await fieldTest("openmv-h7", `${folder}/f.zip`, {
      console: { canAsk: true },
      prompts: { confirm },
      context: { clock: new VirtualClock() },
    });
    assert.equal(code, 0);
    assert.equal(asked.length, 10);
    assert.ok(record.stages.every(({ state, runs }) => state === "skipped" && runs.length === 0));
  });
});

Deno.test("the zip names nobody", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/f.zip`;
    const operator = "Grunhilde";
    await fieldTest(`${line} --operator ${operator} --json`, path, {
      context: {
        personalNames: () => ({ home: folder, user: "waldtraut", host: "lab.example" }),
      },
    });
    for (const [name, bytes] of filesIn(path)) {
      const words = new TextDecoder("latin1").decode(bytes);
      for (const one of [operator, folder, "waldtraut"]) {
        assert.ok(!words.includes(one), `${name} contains ${one}`);
      }
    }
  });
});
