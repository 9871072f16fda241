import { choose, lastPage } from "../listing/choose";
import { Controls, Found, statusOf } from "../listing/list";
import { type Choice, firstChoice, type Listing } from "../listing/listing";
import { h } from "../markup/markup";
import { toDom } from "./to-dom";

/** Shows a list, and updates it when the reader types, chooses a filter, or follows a link of the page to it. */
export function start<Row>(place: Element, listing: Listing<Row>): void {
  const all = firstChoice(listing);
  let choice = all;
  let found = choose(listing, choice);

  // The status and the inputs stay the same elements, for screen readers and focus. Only the results are replaced.
  place.replaceChildren(toDom(<Controls listing={listing} />));
  place.append(toDom([<p role="status" class="status" />, <div class="found" />]));
  const [status, results] = [".status", ".found"].map((name) => existing(place.querySelector(name))) as [
    Element,
    Element,
  ];
  const input = existing(place.querySelector("input"));
  const selects = [...place.querySelectorAll("select")];

  const show = (isWhole: boolean): void => {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset : {};
    const shown = { listing, choice, found, isWhole };
    status.textContent = statusOf(shown);
    results.replaceChildren(toDom(<Found {...shown} />));
    focusAgain(results, focused);
  };
  const change = (changes: Partial<Choice>): void => {
    choice = { ...choice, page: 0, ...changes };
    found = choose(listing, choice);
    show(false);
  };
  /** Applies a choice made by a link, and resets the controls. */
  const chooseAnew = (changes: Partial<Choice>): void => {
    change({ text: "", options: {}, ...changes });
    input.value = choice.text;
    for (const select of selects) {
      select.value = choice.options[select.dataset["filter"] ?? ""] ?? "";
    }
    markLinks(choice);
  };

  input.addEventListener("input", () => {
    change({ text: input.value });
  });
  for (const select of selects) {
    select.addEventListener("change", () => {
      change({ options: { ...choice.options, [select.dataset["filter"] ?? ""]: select.value } });
      markLinks(choice);
    });
  }
  document.addEventListener("click", ({ target }) => {
    const control = target instanceof Element ? target.closest<HTMLElement>("a, button") : null;
    const { order, turn, reset, filter, value = "", find } = control?.dataset ?? {};
    if (order !== undefined) {
      change({ order, isDescending: order === choice.order && !choice.isDescending });
    } else if (reset !== undefined) {
      chooseAnew({});
    } else if (filter !== undefined) {
      chooseAnew({ options: { [filter]: value } });
    } else if (find !== undefined) {
      chooseAnew({ text: find });
    } else if (turn !== undefined) {
      const page = choice.page + Number(turn);
      if (page >= 0 && page <= lastPage(found.length)) {
        change({ page });
        place.scrollIntoView();
      }
    }
  });
  // Print contains all chosen rows, not one page of them.
  addEventListener("beforeprint", () => {
    show(true);
  });
  addEventListener("afterprint", () => {
    show(false);
  });
  show(false);
}

function existing<Found>(found: Found | null): Found {
  if (found === null) {
    throw new Error("a part of the list is missing");
  }
  return found;
}

/** Gives a replaced button the focus that its predecessor had. */
function focusAgain(place: Element, { order, turn }: DOMStringMap): void {
  for (const button of place.querySelectorAll("button")) {
    if ((order ?? turn) !== undefined && button.dataset["order"] === order && button.dataset["turn"] === turn) {
      button.focus({ preventScroll: true });
    }
  }
}

/** Marks the links whose filter is active, for screen readers. */
function markLinks({ options }: Choice): void {
  for (const link of document.querySelectorAll<HTMLElement>("a[data-filter]")) {
    const { filter = "", value = "" } = link.dataset;
    if (options[filter] === value) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}
