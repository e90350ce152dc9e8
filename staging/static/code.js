// One box a digit: the focus moves on by itself, and the form is sent after the last digit. There is no button.
// Loaded before the page's content, so it listens on the document: a digit typed early must not be lost.
let sent = false;

const boxesOf = (box) => [...box.form.querySelectorAll("input[name=digit]")];

function spread(boxes, from, digits) {
  [...digits].slice(0, boxes.length - from).forEach((digit, i) => { boxes[from + i].value = digit; });
  boxes[Math.min(from + digits.length, boxes.length - 1)].focus();
  if (!sent && boxes.every((box) => box.value)) {
    sent = true;
    boxes[0].form.submit();
  }
}

function onBoxes(type, handle) {
  document.addEventListener(type, (event) => {
    if (event.target.name !== "digit") return;
    const boxes = boxesOf(event.target);
    handle(event, boxes, boxes.indexOf(event.target));
  });
}

onBoxes("input", ({ target }, boxes, i) => {
  target.value = target.value.replace(/\D/g, "");
  if (target.value) spread(boxes, i, target.value);
});

onBoxes("keydown", ({ key, target }, boxes, i) => {
  if (key === "Backspace" && !target.value && i) boxes[i - 1].focus();
});

onBoxes("paste", (event, boxes, i) => {
  event.preventDefault();
  spread(boxes, i, event.clipboardData.getData("text").replace(/\D/g, ""));
});

document.addEventListener("DOMContentLoaded", () => {
  if (document.activeElement === document.body) document.querySelector("input[name=digit]")?.focus();
});
