/** What the user has to see to, in words for him: it is printed without a stack trace. */
export class Failure extends Error {}
