import Foundation
import RPC
import Schema
import Testing

/// Design §3, "Idempotency" and "One per credential": each row over the wire, before and after a restart.
@Suite struct IdempotencyTests {
  @Test(.timeLimit(.minutes(2)))
  func eachRowBeforeAndAfterARestart() async throws {
    let data = try await demoData()
    var server = try await ServerProcess.start(data.path)
    var kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    var admin = try TestClient(server, identity: "\(data.path)/certs/admin")
    _ = try await admin.call(PollMethods.publishPoll, DossierPoll.publishRequest, timeout: .seconds(20))

    let ballot = Ballots.ballot("HL")
    let other = {
      var other = ballot
      other.answers[0].choices = ["RKHL"]
      return other
    }()
    let voided = Ballots.ballot("KHL")
    let rated = DossierPoll.ballot("HL", credential: "H17.12-260101-0001")
    let ratedAgain = DossierPoll.ballot("RHL", credential: " h17.12-260101-0001 ")
    let ratedElsewhere = DossierPoll.ballot("RHL", credential: "H17.12-260101-0002")

    let first = try await kiosk.cast(ballot)
    #expect(first.counted && !first.replayed && first.ballotID == ballot.ballotID)
    _ = try await kiosk.cast(voided)
    var void = Binhchon_V1_VoidBallotRequest()
    void.ballotID = voided.ballotID
    void.reason = "thử hủy phiếu"
    #expect(try await !admin.call(BallotMethods.voidBallot, void, timeout: .seconds(20)).replayed)
    #expect(try await !kiosk.cast(rated).replayed)

    for isRestarted in [false, true] {
      if isRestarted {
        await kiosk.shutdown()
        await admin.shutdown()
        await server.crash()
        server = try await ServerProcess.start(data.path)
        kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
        admin = try TestClient(server, identity: "\(data.path)/certs/admin")
      }
      let before = try await kiosk.tally().ballots
      let beforeDossiers = try await kiosk.tally(of: DossierPoll.id).ballots

      // Same id, same bytes: the first reply again.
      let again = try await kiosk.cast(ballot)
      #expect(again.replayed)
      #expect(
        {
          var expected = first
          expected.replayed = true
          return expected
        }() == again)
      // Same id, other bytes.
      await #expect(kiosk.refusal(of: other) == Refused(.alreadyExists, "BALLOT_CONFLICT"))
      // A voided id, with the same bytes and with others.
      await #expect(kiosk.refusal(of: voided) == Refused(.failedPrecondition, "BALLOT_VOIDED"))
      let otherVoided = {
        var other = voided
        other.answers[0].choices = ["BT"]
        return other
      }()
      await #expect(kiosk.refusal(of: otherVoided) == Refused(.failedPrecondition, "BALLOT_VOIDED"))
      // No UUIDv7, or a clock that is too fine.
      let random = {
        var bad = ballot
        bad.ballotID = Data((0..<16).map { UInt8($0) })
        return bad
      }()
      await #expect(kiosk.refusal(of: random) == Refused(.invalidArgument, "INVALID_BALLOT_ID"))
      let short = {
        var bad = ballot
        bad.ballotID = Data([1, 2, 3])
        return bad
      }()
      await #expect(kiosk.refusal(of: short) == Refused(.invalidArgument, "INVALID_BALLOT_ID"))
      let fine = Ballots.ballot("HL", id: Self.idWithMilliseconds)
      await #expect(kiosk.refusal(of: fine) == Refused(.invalidArgument, "INVALID_BALLOT_ID"))
      // A credential that rated already, typed another way; its own ballot is still answered as a replay.
      await #expect(kiosk.refusal(of: ratedAgain) == Refused(.alreadyExists, "ALREADY_RATED"))
      #expect(try await kiosk.cast(rated).replayed)
      // A credential is required here.
      let unbound = DossierPoll.ballot("HL", credential: "")
      await #expect(kiosk.refusal(of: unbound) == Refused(.invalidArgument, "INVALID_FIELD"))

      // Nothing of all that was counted.
      #expect(try await kiosk.tally().ballots == before)
      #expect(before == 1)
      #expect(try await kiosk.tally(of: DossierPoll.id).ballots == beforeDossiers)
      #expect(beforeDossiers == 1)
    }

    #expect(try await !kiosk.cast(ratedElsewhere).replayed)
    #expect(try await admin.call(BallotMethods.voidBallot, void, timeout: .seconds(20)).replayed)
    await kiosk.shutdown()
    await admin.shutdown()
    #expect(await server.stop() == 0)
    #expect(try await run(Binaries.server, ["verify", data.path]).status == 0)
    // The dossier number is nowhere on disk.
    for file in try FileManager.default.contentsOfDirectory(atPath: data.path) where file.hasPrefix("ledger") {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(data.path)/\(file)"))
      #expect(bytes.range(of: Data("260101-0001".utf8)) == nil, "the dossier number is in \(file)")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func oneIdManyTimesAtOnceIsOneBallot() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let ballot = Ballots.ballot("RHL")
    let clients = try (0..<4).map { _ in try TestClient(server, identity: "\(data.path)/certs/kiosk") }
    let fresh = try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<40 {
        group.addTask { try await !clients[index % clients.count].cast(ballot).replayed }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(fresh == 1)
    #expect(try await clients[0].tally().ballots == 1)
    for client in clients { await client.shutdown() }
    #expect(await server.stop() == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func aBatchHasOneOutcomePerBallotInOrder() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    let known = Ballots.ballot("BT")
    _ = try await kiosk.cast(known)
    let twice = Ballots.ballot("HL")
    let conflict = {
      var other = known
      other.answers[0].choices = ["HL"]
      return other
    }()
    let elsewhere = Ballots.ballot("HL", unit: "hai-chau")

    var request = Binhchon_V1_CastBallotsRequest()
    request.ballots = [Ballots.ballot("RHL"), known, conflict, twice, twice, elsewhere, Ballots.ballot("NO")]
    let results = try await kiosk.cast(request).results
    #expect(results.map(\.ballotID) == request.ballots.map(\.ballotID))
    #expect(results.map { $0.refused.code } == [0, 0, 6, 0, 0, 7, 3])
    #expect(results.map { $0.receipt.replayed } == [false, true, false, false, true, false, false])
    #expect(try await kiosk.tally().ballots == 3)
    await kiosk.shutdown()
    #expect(await server.stop() == 0)
  }

  /// "For ever": also when the poll has changed so that the ballot could not be cast any more.
  @Test(.timeLimit(.minutes(1)))
  func aBallotIsAnsweredAgainAfterItsPollHasChanged() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    let admin = try TestClient(server, identity: "\(data.path)/certs/admin")
    var publish = DossierPoll.publishRequest
    _ = try await admin.call(PollMethods.publishPoll, publish)
    // Cast in the newest version, whichever that is.
    var ballot = DossierPoll.ballot("RHL", credential: "H17-1")
    ballot.pollVersion = 0
    #expect(try await !kiosk.cast(ballot).replayed)

    publish.poll.questions[0].choices.removeLast()
    #expect(try await admin.call(PollMethods.publishPoll, publish).poll.version == 2)
    #expect(try await kiosk.cast(ballot).replayed)
    var changed = ballot
    changed.answers[0].choices = ["nothing"]
    await #expect(kiosk.refusal(of: changed) == Refused(.alreadyExists, "BALLOT_CONFLICT"))
    var fresh = DossierPoll.ballot("RHL", credential: "H17-2")
    fresh.pollVersion = 0
    await #expect(kiosk.refusal(of: fresh) == Refused(.invalidArgument, "INVALID_FIELD"))

    var close = Binhchon_V1_ClosePollRequest()
    close.poll = DossierPoll.id
    close.reason = "hết đợt"
    _ = try await admin.call(PollMethods.closePoll, close)
    #expect(try await kiosk.cast(ballot).replayed)
    await #expect(kiosk.refusal(of: fresh) == Refused(.invalidArgument, "INVALID_FIELD"))
    let last = DossierPoll.ballot("HL", credential: "H17-3")
    await #expect(kiosk.refusal(of: last) == Refused(.failedPrecondition, "POLL_NOT_OPEN"))
    #expect(try await kiosk.tally(of: DossierPoll.id).ballots == 1)
    await kiosk.shutdown()
    await admin.shutdown()
    #expect(await server.stop() == 0)
  }

  private static var idWithMilliseconds: Data {
    var id = Ballots.newID()
    // The last byte of the 48-bit clock: 1 ms past the second.
    id[5] = id[5] &+ 1
    return id
  }
}
