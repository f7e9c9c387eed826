// The title of the day opens a calendar; a day picked there is gone to at once, a typed one with Enter.
export function startJumping() {
  const field = document.getElementById("jump");
  if (!field) return;
  let isTyping = false;
  field.addEventListener("keydown", (event) => {
    isTyping = true;
    if (event.key === "Enter") field.form.requestSubmit();
  });
  field.addEventListener("click", () => {
    isTyping = false;
    field.showPicker?.();
  });
  field.addEventListener("change", () => isTyping || field.form.requestSubmit());
}
