// Package teams holds what is particular to teams, channels, chats and their messages.
package teams

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits []byte

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name:   "teams",
		Traits: traits,
		Types: []string{
			"microsoft.graph.team",
			"microsoft.graph.teamInfo",
			"microsoft.graph.teams*",
			"microsoft.graph.teamwork*",
			"microsoft.graph.userTeamwork",
			"microsoft.graph.deletedTeam",
			"microsoft.graph.channel",
			"microsoft.graph.chat",
			"microsoft.graph.chatMessage",
			"microsoft.graph.chatMessageInfo",
			"microsoft.graph.pinnedChatMessageInfo",
			"microsoft.graph.deletedChat",
			"microsoft.graph.conversationMember",
			"microsoft.graph.schedule",
			"microsoft.graph.changeTrackedEntity",
		},
	}
}
