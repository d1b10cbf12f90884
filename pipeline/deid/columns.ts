import type { Cell, Random } from "../core/types.ts";
import { operators, type OperatorSpec } from "./operators/index.ts";
import type { Surroundings, TextOperator } from "./operators/operator.ts";

const numeric: ReadonlySet<string> = new Set(["round", "top_bottom", "noise", "microaggregate"]);

/**
 * The operator as a function of one cell. Null stays null. Numbers and booleans are read as their
 * JSON text; `round`, `top_bottom`, `noise` and `microaggregate` give numbers back for
 * numbers. Where `around` names no person,
 * a date is shifted by a number that depends on the date itself: equal dates stay equal, and one
 * known date tells nothing about the others.
 */
export function createColumnOperator(
  { name, params }: OperatorSpec,
  secret: Random,
): (cell: Cell, around?: Surroundings) => Cell {
  const operator: TextOperator = operators[name];
  const moves = name === "shift_days" || name === "surrogate" || name === "noise";
  return (cell, around = {}) => {
    if (cell === null || name === "keep") return cell;
    const value = String(cell);
    const result = operator.apply(value, params, secret, {
      entity: "VALUE",
      ...around,
      ...(moves && around.person === undefined ? { person: secret.fork(`value ${value}`) } : {}),
      ...(typeof cell === "string" ? {} : { literal: true }),
    });
    const number = typeof cell === "number" && numeric.has(name);
    return number && result !== "*" ? Number(result) : result;
  };
}
