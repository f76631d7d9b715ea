// Package sts is the token service: who may have which token, and what stands in
// it. It reads the tenant from the store, holds the signing keys, and answers in
// values; HTTP, pages and addresses are authority's.
//
// Codes and refresh tokens are sealed texts that say everything themselves. Only
// two things need memory: codes that have been redeemed, and device codes that
// wait. Both are bounded, and everything expires on the tenant's clock.
package sts
