// The room's part of the page, and how its pieces are found: each has a data attribute of its own.

export const root = document.querySelector("[data-room]");
export const find = (name) => root.querySelector(`[data-${name}]`);
export const findAll = (name) => [...root.querySelectorAll(`[data-${name}]`)];
