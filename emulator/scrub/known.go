package scrub

import (
	"strings"
	"sync"
)

// set makes a set of words.
func set(lists ...string) map[string]bool {
	out := map[string]bool{}
	for _, list := range lists {
		for w := range strings.FieldsSeq(list) {
			out[w] = true
		}
	}
	return out
}

// secretHeaders are never kept.
var secretHeaders = set(`authorization proxy-authorization cookie set-cookie set-cookie2 x-api-key api-key x-auth-token x-access-token
	x-ms-authorization-auxiliary x-ms-token-aad-access-token x-ms-token-aad-id-token x-ms-token-aad-refresh-token x-identity-header secret
	ocp-apim-subscription-key x-functions-key x-amz-security-token x-csrf-token x-xsrf-token x-goog-api-key authentication-info proxy-authentication-info
	x-ms-client-principal x-forwarded-access-token x-ms-refreshtokencredential x-ms-encryption-key x-vault-token`)

// plainHeader reports whether a header holds nothing that anybody would want to know, and
// comes with every answer: as HTTP/2 has it, or as net/http.
func plainHeader(name string) bool {
	switch name {
	case "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control", "Consistencylevel", "Content-Type", "Odata-Version", "Pragma", "Retry-After", "Vary",
		"X-Emulator-Fidelity", "X-Ms-Resource-Unit",
		"access-control-allow-origin", "access-control-expose-headers", "cache-control", "consistencylevel", "content-type", "odata-version", "pragma", "retry-after", "vary",
		"x-emulator-fidelity", "x-ms-resource-unit":
		return true
	}
	return false
}

// secretNames are members of JSON, fields of forms and parts of connection strings
// that hold secrets. Names compare without regard to case, "_" and "-".
var secretNames = set(`password newpassword currentpassword oldpassword passwd pwd passphrase passcode passwordbase64 adminpassword certificatepassword proxypassword
	clientsecret secret secrettext secretvalue sharedsecret presharedkey privatekey apikey accesskey accountkey sharedaccesskey storagekey secretkey signingkey
	subscriptionkey encryptionkey masterkey connectionstring sastoken sasuri sasurl clientassertion assertion temporaryaccesspass usercode otp onetimepasscode verificationcode
	activationlockbypasscode codeverifier clientstate pfxblob pfx authorization proxyauthorization cookie setcookie bootstraptoken recoverykey
	wifipassword pincode licensekey oathsecret webhooksecret xapikey unlockcode personalidentificationnumber`)

// tokenNames hold tokens. Each gets a stand-in of its own: a client that is given
// one comes back with it.
var tokenNames = set(`accesstoken refreshtoken idtoken idtokenhint token devicecode authorizationcode samlresponse subjecttoken actortoken authtoken tempauth
	sig prooftoken registrationtoken enrollmenttoken validationtoken validationtokens securitytoken bearertoken sessiontoken oauthtoken
	spaccesstoken uploadtoken downloadtoken usertoken devicetoken logouttoken`)

// parameterNames hold secrets in URLs and forms; in JSON the same word means an error's
// code, or an iterator.
var parameterNames = set(`code key tempauth wt`)

// localNames hold what stands in front of the at sign elsewhere.
var localNames = set(`mailnickname onpremisessamaccountname`)

// addressNames hold addresses that let in whoever knows them.
var addressNames = set(`uploadurl downloadurl preauthenticateduploadurl preauthenticateddownloadurl sasuri sasurl azurestorageuri contentdownloadurl thumbnaildownloadurl packageuri`)

// secretName tells what a name holds: 's' a secret, 't' a token, 'u' an address that
// lets in, or 0.
func secretName[T string | []byte](name T) byte {
	if len(name) > 64 || len(name) < 2 {
		return 0
	}
	var buf [64]byte
	n := 0
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			buf[n] = c | 0x20
			n++
		case c == '_' || c == '-' || c == ' ':
		case c == '.': // @microsoft.graph.downloadUrl, @content.downloadUrl
			if name[0] == '@' {
				n = 0
			}
		default:
			buf[n] = c
			n++
		}
	}
	if n == 0 || !nameFirsts.may(n, buf[0]) {
		return 0
	}
	return nameKinds[string(buf[:n])]
}

// firsts are the first letters of words of each length, a bit for a letter. Hardly any
// name that is looked for has the length and the letter of one.
type firsts [65]uint32

func firstsOf[V any](words map[string]V) (f firsts) {
	for w := range words {
		f[len(w)] |= 1 << (w[0] & 31)
	}
	return f
}

// may reports whether a word of n bytes could be among them, whatever its case.
func (f *firsts) may(n int, first byte) bool {
	return n < len(f) && f[n]&(1<<(first&31)) != 0
}

var nameFirsts, secretFirsts = firstsOf(nameKinds), firstsOf(secretHeaders)

// nameKinds are the lists above as one.
var nameKinds = func() map[string]byte {
	out := map[string]byte{}
	for kind, list := range map[byte]map[string]bool{'u': addressNames, 't': tokenNames, 's': secretNames} {
		for name := range list {
			if out[name] != 's' && (out[name] == 0 || kind == 's') {
				out[name] = kind
			}
		}
	}
	return out
}()

// secretForms are how secrets of wide use begin, and how long they are at least.
var secretForms = []struct {
	prefix string
	length int
}{
	{"ghp_", 36}, {"gho_", 36}, {"ghs_", 36}, {"ghu_", 36}, {"github_pat_", 40}, {"glpat-", 20}, {"xoxb-", 20}, {"xoxp-", 20}, {"xoxa-", 20},
	{"AKIA", 20}, {"ASIA", 20}, {"sk_live_", 20}, {"rk_live_", 20}, {"AIza", 39}, {"npm_", 36}, {"SG.", 40}, {"sk-", 32}, {"dop_v1_", 40}, {"hvs.", 24},
	{"0.A", 80}, {"1.A", 80}, {"M.C", 60}, {"M.R3_", 40}, {"OAQAB", 60}, {"AQAB", 120}, {"PAQAB", 60},
}

// commonLabels of hosts tell nothing.
var commonLabels = set(`www mail smtp imap login sts adfs autodiscover api my portal ftp webmail owa lyncdiscover sip`)

// knownDomains belong to nobody whose name should not be known.
var knownDomains = set(`microsoft.com microsoftonline.com microsoftonline-p.com windows.net office.com office365.com office.net live.com outlook.com hotmail.com
	microsoft.us office365.us outlook.us microsoftonline.us usgovcloudapi.net azure.com azure.us azure.cn chinacloudapi.cn microsoftonline.cn azureedge.net msauth.net msftauth.net
	msauthimages.net msftauthimages.net microsoftazuread-sso.com microsoft365.com cloud.microsoft microsoftstream.com powerapps.com powerbi.com
	yammer.com bing.com msn.com nuget.org npmjs.com github.com mozilla.org skype.com sharepointonline.com graph.windows.net visualstudio.com windowsazure.com onmicrosoft.com sharepoint.com svc.ms aka.ms
	w3.org oasis-open.org ietf.org xmlsoap.org iana.org odata.org json-schema.org openid.net example localhost example.com example.org example.net invalid`)

// topDomains are those of names that are taken for domains where nothing else says
// that they are one. Endings of files are not among them.
var topDomains = set(`com net org edu gov mil int biz info io dev app cloud test local eu us ca uk ie de fr ch at be nl it es pt se no dk fi pl cz jp cn in br mx au nz za kr sg hk tw`)

// publicIDs are GUIDs of Microsoft's that are the same in every tenant: those that the
// patterns of publicGUID do not have.
var publicIDs = sync.OnceValue(func() map[string]bool {
	return set(`04b07795-8ddb-461a-bbee-02f9e1bf7b46 1950a258-227b-4e31-a9cf-717495945fc2 14d82eec-204b-4c2f-b7e8-296a70dab67e de8bc8b5-d9f9-48b1-a8ad-b748da725064
	9188040d-6c67-4c5b-b112-36a304b66dad f8cdef31-a31e-4b4a-93e4-5f571e91255a 797f4846-ba00-4fd7-ba43-dac1f8f63013 d3590ed6-52b3-4102-aeff-aad2292ab01c
	1fec8e78-bce4-4aaf-ab1b-5451cc387264 c44b4083-3bb0-49c1-b47d-974e53cbdf3c 872cd9fa-d31f-45e0-9eab-6e460a02d1f1
	62e90394-69f5-4237-9190-012177145e10 fe930be7-5e62-47db-91af-98c3a49a38b1 88d8e3e3-8f55-4a1e-953a-9b9898b8876b 95e79109-95c0-4d8e-aee3-d01accf2d47b
	fdd7a751-b60b-444a-984c-02652fe8fa1c 729827e3-9c14-49f7-bb1b-9608f156bbb8 f2ef992c-3afb-46b9-b7cf-a126ee74c451 10dae51f-b6af-4016-8d66-8c2a99b929b3
	f023fd81-a637-4b56-95fd-791ac0226033 b0f54661-2d74-4c50-afa3-1ec803f12efe 29232cdf-9323-42fd-ade2-1d097af3e4de f28a1f50-f6e7-4571-818b-6a12f2af6b6c
	9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3 cf1c38e5-3621-4004-a7cb-879624dced7c 158c047a-c907-4556-b7ef-446551a6b5f7 194ae4cb-b126-40b2-bd5b-6091b380977d
	e8611ab8-c189-46e8-94e1-60213ab1f814 7be44c8a-adaf-4e2a-84d6-ab2649e08a13 966707d0-3269-4727-9be2-8c3a10f19b9d 5d6b6bb7-de71-4623-b4af-96380a352509
	3a2c62db-5318-420d-8d74-23affee5d9d5 69091246-20e8-4a56-aa4d-066075b2a7a8 c4e39bd9-1100-46d3-8c65-fb160da0071f 9360feb5-f418-4baa-8175-e2a00bac4301
	e1fe6dd8-ba31-4d61-89e7-88639da4683d 7df784f1-3967-4038-9b98-b4b2a52e9d4f 06383b51-094d-4774-9602-e301944642f5 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9
	df021288-bdef-4463-88db-98f22de89214 741f803b-c850-494e-b5df-cde7c675a1ca 1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9 14dad69e-90fb-4862-a170-183ac19d807b
	dbb9058a-0e50-45d7-ae91-66909b5d4664 `, builtInIDs, productIDs)
})

// publicGUID reports whether a GUID, in lower case, is one of Microsoft's own and tells
// nothing: those of its applications, and the empty one.
func publicGUID(g string) bool {
	return strings.HasPrefix(g, "00000000-0000-0000-0000-") || strings.HasSuffix(g, "-0000-c000-000000000000") || strings.HasSuffix(g, "-0000-0ff1-ce00-000000000000") || publicIDs()[g]
}
