// Calls BinhChon with Debian's own ttrpc client library, unmodified, over TLS with client certificates, and checks
// every answer. One line per check; the exit status is 1 at the first answer that is wrong.
//
// scripts/interop generates the package binhchon/v1 from proto/ with Debian's own tools, builds and runs this.
package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/gogo/protobuf/proto"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	health "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	binhchon "binhchon/v1"
)

var (
	server = flag.String("server", "", "HOST:PORT of the server")
	certs  = flag.String("certs", "", "directory with ca.pem and ROLE.pem, ROLE.key for kiosk and official")
	alpn   = flag.String("alpn", "", "application protocol to offer; empty: no ALPN at all")
	poll   = flag.String("poll", "hai-chau-hai-long", "poll to cast in")
	unit   = flag.String("unit", "hai-chau/mot-cua/quay-01", "unit to cast for")
)

func main() {
	flag.Parse()

	kiosk := connect("kiosk")
	defer kiosk.Close()
	official := connect("official")
	defer official.Close()

	check(serving(kiosk), "Health/Check says SERVING")
	published := published(official)
	question := published.Questions[0]
	before := tally(official, question)

	ballot := &binhchon.Ballot{
		BallotId:     ballotID(),
		Poll:         published.Id,
		PollVersion:  published.Version,
		Unit:         *unit,
		Channel:      binhchon.Channel_CHANNEL_KIOSK,
		DeviceTimeMs: time.Now().Unix() * 1000,
		Answers:      []*binhchon.Answer{{Question: question.Id, Choices: []string{question.Choices[0].Code}}},
	}
	first, err := cast(kiosk, ballot)
	must(err, "CastBallot")
	check(!first.Replayed && first.Counted && string(first.BallotId) == string(ballot.BallotId),
		"CastBallot: a new ballot is counted")

	second, err := cast(kiosk, ballot)
	must(err, "CastBallot again")
	check(second.Replayed, "CastBallot: the same bytes again give replayed=true")
	second.Replayed = false
	check(proto.Equal(first, second), "CastBallot: and otherwise the first receipt")

	ballot.Answers[0].Choices[0] = question.Choices[1].Code
	_, err = cast(kiosk, ballot)
	refused(err, codes.AlreadyExists, "BALLOT_CONFLICT", "CastBallot: the same id with another choice")

	ballot.BallotId = ballot.BallotId[:15]
	_, err = cast(kiosk, ballot)
	refused(err, codes.InvalidArgument, "INVALID_BALLOT_ID", "CastBallot: an id of 15 bytes")

	after := tally(official, question)
	check(after.ballots == before.ballots+1, "GetTally: exactly one ballot more (%d, then %d)",
		before.ballots, after.ballots)
	check(after.first == before.first+1, "GetTally: exactly one vote more for %s (%d, then %d)",
		question.Choices[0].Code, before.first, after.first)
	check(after.revision > before.revision, "GetTally: a higher revision")

	err = call(kiosk, "binhchon.v1.BallotService", "NoSuchMethod",
		&binhchon.ListPollsRequest{}, &binhchon.ListPollsResponse{})
	check(status.Code(err) == codes.Unimplemented, "an unknown method gives code 12")
	check(serving(kiosk), "Health/Check still says SERVING on the same connection")
}

// connect opens a TLS connection with the certificate of a role, and hands it to the library as it is.
func connect(role string) *ttrpc.Client {
	certificate, err := tls.LoadX509KeyPair(filepath.Join(*certs, role+".pem"), filepath.Join(*certs, role+".key"))
	must(err, "certificate of "+role)
	authority, err := os.ReadFile(filepath.Join(*certs, "ca.pem"))
	must(err, "CA certificate")
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		fail("ca.pem holds no certificate")
	}
	configuration := &tls.Config{
		Certificates: []tls.Certificate{certificate},
		RootCAs:      roots,
		MinVersion:   tls.VersionTLS12,
	}
	if *alpn != "" {
		configuration.NextProtos = []string{*alpn}
	}
	connection, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", *server, configuration)
	must(err, "TLS handshake as "+role)
	negotiated := connection.ConnectionState().NegotiatedProtocol
	check(negotiated == *alpn, "TLS handshake as %s, protocol chosen: %q", role, negotiated)
	return ttrpc.NewClient(connection)
}

func call(client *ttrpc.Client, service, method string, request, response proto.Message) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return client.Call(ctx, service, method, request, response)
}

func cast(client *ttrpc.Client, ballot *binhchon.Ballot) (*binhchon.Receipt, error) {
	request := &binhchon.CastBallotRequest{Ballot: ballot, SentTimeMs: time.Now().UnixNano() / 1e6}
	response := &binhchon.CastBallotResponse{}
	err := call(client, "binhchon.v1.BallotService", "CastBallot", request, response)
	if err == nil && response.Receipt == nil {
		err = fmt.Errorf("the response holds no receipt")
	}
	return response.Receipt, err
}

func serving(client *ttrpc.Client) bool {
	response := &health.HealthCheckResponse{}
	must(call(client, "grpc.health.v1.Health", "Check", &health.HealthCheckRequest{}, response), "Health/Check")
	return response.Status == health.HealthCheckResponse_SERVING
}

// published finds the poll, with a question and two choices at least.
func published(client *ttrpc.Client) *binhchon.Poll {
	response := &binhchon.ListPollsResponse{}
	must(call(client, "binhchon.v1.TallyService", "ListPolls", &binhchon.ListPollsRequest{}, response), "ListPolls")
	for _, listed := range response.Polls {
		if listed.Id == *poll && len(listed.Questions) > 0 && len(listed.Questions[0].Choices) > 1 {
			fmt.Printf("ok ListPolls: %s version %d, %q\n", listed.Id, listed.Version, listed.Title.GetVi())
			return listed
		}
	}
	fail("ListPolls does not list %s", *poll)
	return nil
}

type figures struct {
	ballots, first, revision uint64
}

// tally gives the totals of the unit: ballots, and votes for the question's first choice.
func tally(client *ttrpc.Client, question *binhchon.Question) figures {
	response := &binhchon.GetTallyResponse{}
	request := &binhchon.GetTallyRequest{Poll: *poll, Unit: *unit}
	must(call(client, "binhchon.v1.TallyService", "GetTally", request, response), "GetTally")
	found := figures{revision: response.Tally.GetRevision()}
	for _, window := range response.Tally.GetWindows() {
		if window.Window != binhchon.Window_WINDOW_TOTAL {
			continue
		}
		found.ballots = window.Ballots
		for _, counted := range window.Questions {
			for _, choice := range counted.Choices {
				if counted.Question == question.Id && choice.Choice == question.Choices[0].Code {
					found.first = choice.Count
				}
			}
		}
		return found
	}
	fail("GetTally gives no window TOTAL")
	return found
}

// ballotID makes a UUIDv7 (RFC 9562) with its clock floored to a second.
func ballotID() []byte {
	id := make([]byte, 16)
	_, err := rand.Read(id)
	must(err, "random bytes")
	var milliseconds [8]byte
	binary.BigEndian.PutUint64(milliseconds[:], uint64(time.Now().Unix())*1000)
	copy(id[:6], milliseconds[2:])
	id[6] = 0x70 | id[6]&0x0f
	id[8] = 0x80 | id[8]&0x3f
	return id
}

func refused(err error, code codes.Code, reason, what string) {
	refusal, _ := status.FromError(err)
	check(refusal.Code() == code, "%s: code %d (%s)", what, refusal.Code(), refusal.Message())
	var info *errdetails.ErrorInfo
	var vietnamese string
	for _, detail := range refusal.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			info = detail
		case *errdetails.LocalizedMessage:
			if detail.Locale == "vi" {
				vietnamese = detail.Message
			}
		}
	}
	check(info.GetDomain() == "binhchon" && info.GetReason() == reason, "%s: ErrorInfo %s/%s",
		what, info.GetDomain(), info.GetReason())
	check(vietnamese != "", "%s: LocalizedMessage %q", what, vietnamese)
}

func check(holds bool, format string, arguments ...interface{}) {
	if !holds {
		fail(format, arguments...)
	}
	fmt.Printf("ok "+format+"\n", arguments...)
}

func must(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func fail(format string, arguments ...interface{}) {
	fmt.Printf("FAILED "+format+"\n", arguments...)
	os.Exit(1)
}
