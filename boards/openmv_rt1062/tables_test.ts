import { testTables } from "../../tests/support/boards/tables.ts";
import { openmvRt1062 } from "./mod.ts";

testTables(openmvRt1062, import.meta.url);
