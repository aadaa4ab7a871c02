// Where your Portrait is, and two keys that may stand in a public page: see README.md.
const settings = {
  portrait: "http://localhost:8080",
  collectKey: "PUT THE COLLECT KEY HERE",
  lookUpKey: "PUT THE LIMITED LOOK-UP KEY HERE"
};
