package edm

import (
	"testing"
	"testing/fstest"
)

// sample is a small Graph that has one of everything the walk knows.
var sample = map[string]string{
	"GraphService.json": `{"title":"microsoft.graph.GraphService","x-graph":{"kind":"root","navigation":{
		"communications":{"type":"cloudCommunications.json","contains":true,"set":true},
		"users":{"type":"user.json","many":true,"contains":true,"set":true,"skip":false},
		"groups":{"type":"group.json","many":true,"contains":true,"set":true,"upsertable":true},
		"directoryObjects":{"type":"directoryObject.json","many":true,"contains":true,"set":true},
		"me":{"type":"user.json","contains":true,"set":true},
		"sites":{"type":"site.json","many":true,"contains":true,"set":true},
		"reports":{"type":"reportRoot.json","contains":true,"set":true},
		"things":{"type":"entity.json","many":true,"contains":true,"set":true},
		"lost":{"type":"nowhere.json","contains":true,"set":true}},
		"operations":[{"name":"ping","action":false,"returns":{"type":"Edm.String"}}]}}`,
	"entity.json": `{"title":"microsoft.graph.entity","type":["object","null"],
		"properties":{"id":{"type":"string","readOnly":true}},
		"x-graph":{"kind":"entity","abstract":true,"key":["id"],"derived":["directoryObject.json","presence.json","baseItem.json"]}}`,
	"directoryObject.json": `{"title":"microsoft.graph.directoryObject","allOf":[{"$ref":"entity.json"}],
		"properties":{"deletedDateTime":{"type":["string","null"],"format":"date-time"}},
		"x-graph":{"kind":"entity","derived":["group.json","user.json"],"operations":[
			{"name":"getMemberGroups","action":true,"parameters":[{"name":"securityEnabledOnly","schema":{"type":["boolean","null"]}}],"returns":{"type":"Collection(Edm.String)","nullable":false}},
			{"name":"delta","action":false,"on":"collection","returns":{"type":"Collection(microsoft.graph.directoryObject)"}},
			{"name":"getByIds","action":true,"on":"collection","returns":{"type":"Collection(microsoft.graph.directoryObject)"}}]}}`,
	"user.json": `{"title":"microsoft.graph.user","allOf":[{"$ref":"directoryObject.json"}],"required":["displayName"],
		"properties":{
			"displayName":{"type":["string","null"]},
			"businessPhones":{"type":"array","items":{"type":"string"}},
			"oofSettings":{"$ref":"outOfOfficeSettings.json"},
			"address":{"$ref":"address.json","type":"object"},
			"addresses":{"type":["array","null"],"items":{"$ref":"address.json"}},
			"quota":{"type":["integer","string","null"],"format":"int64"},
			"card":{"type":["string","null"],"x-graph":{"type":"Edm.Stream"}},
			"usageState":{"$ref":"usageState.json"},
			"anything":{}},
		"x-graph":{"kind":"entity","alternateKeys":[["userPrincipalName"]],"navigation":{
			"manager":{"type":"directoryObject.json","binding":"directoryObjects"},
			"presence":{"type":"presence.json","contains":true,"nullable":false},
			"messages":{"type":"message.json","many":true,"contains":true},
			"memberOf":{"type":"directoryObject.json","many":true,"only":["group.json"],"countable":false},
			"drive":{"type":"drive.json","contains":true}},
		"operations":[
			{"name":"delta","action":false,"on":"collection","returns":{"type":"Collection(microsoft.graph.user)"}},
			{"name":"reminderView","action":false,"parameters":[{"name":"startDateTime","schema":{"type":"string"}},{"name":"endDateTime","schema":{"type":["string","null"]}}],"returns":{"type":"Collection(microsoft.graph.address)"}},
			{"name":"findPlace","action":false,"returns":{"type":"microsoft.graph.address"}},
			{"name":"findPlace","action":false,"parameters":[{"name":"near","schema":{"type":"string"}}],"returns":{"type":"microsoft.graph.presence"}},
			{"name":"tell","action":true,"parameters":[{"name":"text","schema":{"type":"string"}},{"name":"mode","schema":{"$ref":"usageState.json"},"nullable":true,"optional":true}]},
			{"name":"tell","namespace":"microsoft.graph.security","action":false,"returns":{"type":"Edm.Int32"}}]}}`,
	"group.json": `{"title":"microsoft.graph.group","allOf":[{"$ref":"directoryObject.json"}],
		"properties":{"mailNickname":{"type":["string","null"],"x-graph":{"immutable":true,"filterable":false,"origin":"resource"}}},
		"x-graph":{"kind":"entity","open":true,"navigation":{"members":{"type":"directoryObject.json","many":true}},
		"operations":[{"name":"renew","action":true},{"name":"validateAll","action":true,"on":"collection"}]}}`,
	"cloudCommunications.json": `{"title":"microsoft.graph.cloudCommunications","x-graph":{"kind":"entity","navigation":{"presences":{"type":"presence.json","many":true,"contains":true}}}}`,
	"presence.json": `{"title":"microsoft.graph.presence","allOf":[{"$ref":"entity.json"}],
		"properties":{"activity":{"type":["string","null"]},"oofSettings":{"$ref":"outOfOfficeSettings.json"}},
		"x-graph":{"kind":"entity","operations":[{"name":"setPresence","action":true,"parameters":[{"name":"activity","schema":{"type":"string"},"nullable":false}]}]}}`,
	"outOfOfficeSettings.json": `{"title":"microsoft.graph.outOfOfficeSettings","properties":{"isOutOfOffice":{"type":["boolean","null"]}},"x-graph":{"kind":"complex"}}`,
	"address.json": `{"title":"microsoft.graph.address","properties":{"city":{"type":["string","null"]}},
		"x-graph":{"kind":"complex","derived":["homeAddress.json"],"navigation":{"neighbours":{"type":"user.json","many":true}}}}`,
	"homeAddress.json": `{"title":"microsoft.graph.homeAddress","allOf":[{"$ref":"address.json"}],"properties":{"door":{"type":"string"}},"x-graph":{"kind":"complex"}}`,
	"usageState.json":  `{"title":"microsoft.graph.usageState","enum":["on","off",null],"x-graph":{"kind":"enum","members":["on","off"],"values":[0,1],"flags":true}}`,
	"message.json":     `{"title":"microsoft.graph.message","allOf":[{"$ref":"entity.json"}],"x-graph":{"kind":"entity","origin":"resource","navigation":{"attachments":{"type":"attachment.json","many":true,"contains":true}}}}`,
	"attachment.json":  `{"title":"microsoft.graph.attachment","allOf":[{"$ref":"entity.json"}],"x-graph":{"kind":"entity","stream":true}}`,
	"baseItem.json":    `{"title":"microsoft.graph.baseItem","allOf":[{"$ref":"entity.json"}],"x-graph":{"kind":"entity","derived":["driveItem.json","site.json"]}}`,
	"drive.json":       `{"title":"microsoft.graph.drive","allOf":[{"$ref":"entity.json"}],"x-graph":{"kind":"entity","navigation":{"root":{"type":"driveItem.json","contains":true},"items":{"type":"driveItem.json","many":true,"contains":true}}}}`,
	"driveItem.json": `{"title":"microsoft.graph.driveItem","allOf":[{"$ref":"baseItem.json"}],
		"properties":{"content":{"type":["string","null"],"x-graph":{"type":"Edm.Stream"}},"extra":{"x-graph":{"type":"microsoft.graph.Json"}}},
		"x-graph":{"kind":"entity","navigation":{"children":{"type":"driveItem.json","many":true,"contains":true}},
		"operations":[{"name":"range","action":false,"composable":true,"parameters":[],"returns":{"type":"microsoft.graph.driveItem"}},
		{"name":"range","action":false,"composable":true,"parameters":[{"name":"address","schema":{"type":"string"}}],"returns":{"type":"microsoft.graph.driveItem"}},
			{"name":"search","action":false,"parameters":[{"name":"q","schema":{"type":"string"}}],"returns":{"type":"Collection(microsoft.graph.driveItem)"}}]}}`,
	"site.json":       `{"title":"microsoft.graph.site","allOf":[{"$ref":"baseItem.json"}],"x-graph":{"kind":"entity","navigation":{"drive":{"type":"drive.json"},"items":{"type":"baseItem.json","many":true},"alerts":{"type":"security/alert.json","many":true}}}}`,
	"reportRoot.json": `{"title":"microsoft.graph.reportRoot","allOf":[{"$ref":"entity.json"}],"x-graph":{"kind":"entity","operations":[{"name":"getUsage","action":false,"parameters":[{"name":"period","schema":{"type":"string"}}],"returns":{"type":"Edm.Stream"}}]}}`,
	"security/alert.json": `{"title":"microsoft.graph.security.alert","allOf":[{"$ref":"../entity.json"}],"properties":{"evidence":{"$ref":"evidence.json"}},
		"x-graph":{"kind":"entity","operations":[{"name":"close","namespace":"microsoft.graph.security","action":true}]}}`,
	"security/evidence.json": `{"title":"microsoft.graph.security.evidence","properties":{"by":{"$ref":"../outOfOfficeSettings.json"}},"x-graph":{"kind":"complex"}}`,
}

// files lays tables of files over each other, the last in front.
func files(tables ...map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, table := range tables {
		for name, text := range table {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

func mustType(t testing.TB, m *Model, n Name) *Type {
	t.Helper()
	typ, ok := m.Type(n)
	if !ok {
		t.Fatalf("no type %s", n)
	}
	return typ
}
