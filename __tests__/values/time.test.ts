import { addHours, day, timestamp } from "../../lib/values/time";

const TIME = new Date("2028-02-28T23:30:15.678Z");

it("addHours adds and subtracts hours across days", () => {
  expect([addHours(TIME, 1), addHours(TIME, -24)].map(timestamp)).toEqual([
    "2028-02-29T00:30:15Z",
    "2028-02-27T23:30:15Z",
  ]);
});

it("timestamp is in whole seconds of UTC, and day in UTC too", () => {
  expect([timestamp(TIME), day(TIME)]).toEqual(["2028-02-28T23:30:15Z", "2028-02-28"]);
});
