// The former name of election-playground.js.
export * from "./election-playground.js";
