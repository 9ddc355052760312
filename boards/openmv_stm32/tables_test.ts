import { testTables } from "../../tests/support/boards/tables.ts";
import { openmvStm32 } from "./mod.ts";

testTables(openmvStm32, import.meta.url);
