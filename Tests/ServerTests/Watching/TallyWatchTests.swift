import RPC
import Schema
import Testing

@testable import Server

/// Watches of tallies over a real ledger, called in process.
@Suite struct TallyWatchTests {
  @Test func aWatchTellsEachNewStateAndItsRevisionResumes() async throws {
    try await ServiceTests.withAssembly { assembly in
      let official = ServiceTests.caller(assembly, "official/hai-chau/lan")
      var request = Binhchon_V1_WatchTallyRequest()
      request.poll = "hai-chau-hai-long"
      request.intervalMs = 50
      var updates = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
      let first = try #require(try await updates.next())
      #expect(first.kind == .snapshot)
      var cast = Binhchon_V1_CastBallotRequest()
      cast.ballot = ServiceTests.fresh()
      _ = try await ServiceTests.caller(assembly, "kiosk/hai-chau/mot-cua/k").call(BallotMethods.castBallot, cast)
      let second = try #require(try await updates.next())
      #expect(second.kind == .update)
      #expect(second.tally.revision > first.tally.revision)
      #expect(second.tally.windows.map(\.ballots) == [1, 0, 1, 1, 1])

      request.sinceRevision = second.tally.revision
      request.sinceEpoch = second.tally.ledgerEpoch
      var resumed = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
      #expect(try await resumed.next()?.kind == .current)
      request.sinceEpoch = "another"
      var reset = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
      #expect(try await reset.next()?.kind == .reset)
      // A server that stops ends its watches, and says why.
      await assembly.stopServing()
      let error = await #expect(throws: RPCError.self) { while try await updates.next() != nil {} }
      #expect(error?.code == .unavailable)
      #expect(error.flatMap(ServiceTests.reason) == "DRAINING")
    }
  }

  @Test func manyWatchersOfTheSameAreToldTheSame() async throws {
    try await ServiceTests.withAssembly { assembly in
      let official = ServiceTests.caller(assembly, "official/hai-chau/lan")
      var request = Binhchon_V1_WatchTallyRequest()
      request.poll = "hai-chau-hai-long"
      var watches: [ResponseStream<Binhchon_V1_WatchTallyResponse>.AsyncIterator] = []
      for unit in [String](repeating: "", count: 300) + ["hai-chau/mot-cua/quay-01"] {
        request.unit = unit
        var watch = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
        #expect(try await watch.next()?.kind == .snapshot)
        watches.append(watch)
      }
      var cast = Binhchon_V1_CastBallotRequest()
      cast.ballot = ServiceTests.fresh()
      _ = try await ServiceTests.caller(assembly, "kiosk/hai-chau/mot-cua/k").call(BallotMethods.castBallot, cast)
      for index in watches.indices {
        var update = try await watches[index].next()
        // On a busy machine the vote comes after a heartbeat or two.
        while update?.kind == .current { update = try await watches[index].next() }
        #expect(update?.kind == .update)
        #expect(update?.tally.unit == (index == 300 ? "hai-chau/mot-cua/quay-01" : "hai-chau"))
        #expect(update?.tally.windows.map(\.ballots) == [1, 0, 1, 1, 1])
      }
    }
  }
}
