import { testTables } from "../../tests/support/boards/tables.ts";
import { openmvN6 } from "./mod.ts";

testTables(openmvN6, import.meta.url);
