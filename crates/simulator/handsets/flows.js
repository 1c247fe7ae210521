// The seam to Flows: the simulator runs them, this file only draws what it answers.

import { api } from "./api.js";
import { h } from "./dom.js";
import { sheet } from "./sheet.js";

/** Opens the flow of a message in a sheet, if this simulator runs flows. */
export const openFlow = async (phone, line) => {
  const asked = { wamid: line.wamid, phone_number_id: line.phone_number_id };
  let screen = null;
  let reason = "";
  try {
    screen = await api.flow(phone.id, asked);
  } catch (error) {
    reason = error.status === 404 ? "This simulator does not run flows yet." : error.message;
  }
  sheet(phone.screen, "Flow", () =>
    screen
      ? h("pre", { class: "json" }, JSON.stringify(screen, null, 2))
      : h("p", { class: "hint" }, `The form cannot be opened. ${reason}`),
  );
};
