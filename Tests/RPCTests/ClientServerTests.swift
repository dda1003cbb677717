import NIOCore
import NIOPosix
import Testing
import Wire

@testable import RPC

/// Our client against our server, over real sockets.
@Suite(.timeLimit(.minutes(4))) struct ClientServerTests {
  private static func router() -> Router {
    var router = Router()
    router.handle(Words.ask) { word, context in
      switch word.text {
      case "who": return Word(context.metadata["name"] ?? "nobody")
      case "fail":
        throw RPCError(
          .alreadyExists, "twice", details: [StatusDetail(typeURL: "type.googleapis.com/x", value: [1])])
      case "hang":
        try await never()
      default: return Word("re: \(word.text)")
      }
    }
    router.handle(Words.list) { word, _, responses in
      for number in 0..<(Int(word.text) ?? 0) { try await responses.write(Word("\(number)")) }
    }
    router.handle(Words.join) { words, _ in
      var all = ""
      for try await word in words { all += word.text }
      return Word(all)
    }
    router.handle(Words.chat) { words, _, responses in
      for try await word in words { try await responses.write(Word("re: \(word.text)")) }
    }
    return router
  }

  private func withServer(
    _ level: ProtocolLevel, _ body: (RPCServer, RPCClient) async throws -> Void
  ) async throws {
    let server = RPCServer(router: Self.router(), logger: quiet)
    let peer = Peer(identity: nil, certificate: "", address: "test")
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { server.serve($0, level: level, peer: peer) }
      .bind(host: "127.0.0.1", port: 0).get()
    let client = RPCClient(
      connector: TCPConnector(try #require(listener.localAddress), level), configuration: .patient, logger: quiet)
    do {
      try await body(server, client)
    } catch {
      await client.shutdown()
      try await listener.close()
      throw error
    }
    await client.shutdown()
    await server.drain(grace: .zero)
    try await listener.close()
  }

  @Test(arguments: ProtocolLevel.allCases)
  func allFourKinds(level: ProtocolLevel) async throws {
    try await withServer(level) { _, client in
      #expect(try await client.call(Words.ask, "a") == "re: a")
      #expect(try await client.call(Words.ask, "") == "re: ")
      let name = Metadata([Metadata.Entry(key: "Name", value: "Hải Châu")])
      #expect(try await client.call(Words.ask, "who", metadata: name) == "Hải Châu")

      var listed: [Word] = []
      for try await word in try await client.call(Words.list, "3") { listed.append(word) }
      #expect(listed == ["0", "1", "2"])
      for try await word in try await client.call(Words.list, "0") { Issue.record("\(word)") }

      let join = try await client.call(Words.join)
      for word: Word in ["a", "", "b"] { try await join.write(word) }
      #expect(try await join.finish() == "ab")
      let empty = try await client.call(Words.join)
      #expect(try await empty.finish() == "")

      let chat = try await client.call(Words.chat)
      var answers = chat.responses.makeAsyncIterator()
      for word: Word in ["x", "y"] {
        try await chat.write(word)
        #expect(try await answers.next() == Word("re: \(word.text)"))
      }
      try await chat.finish()
      #expect(try await answers.next() == nil)
    }
  }

  @Test(arguments: ProtocolLevel.allCases)
  func failures(level: ProtocolLevel) async throws {
    try await withServer(level) { _, client in
      let error = await failure { try await client.call(Words.ask, "fail") }
      #expect(error?.code == .alreadyExists)
      #expect(error?.message == "twice")
      #expect(error?.details == [StatusDetail(typeURL: "type.googleapis.com/x", value: [1])])
      let unknown = UnaryMethod<Word, Word>("test.Words", "Unknown")
      #expect(await failure { try await client.call(unknown, "q") }?.code == .unimplemented)
      let timeout = await failure { try await client.call(Words.ask, "hang", timeout: .milliseconds(100)) }
      #expect(timeout?.code == .deadlineExceeded)
      let task = Task { try await client.call(Words.ask, "hang") }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let answer = try await client.call(Words.ask, "still here")
      #expect(answer == "re: still here")
    }
  }

  @Test(arguments: ProtocolLevel.allCases)
  func manyCallsAndLargeMessages(level: ProtocolLevel) async throws {
    try await withServer(level) { _, client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask {
            let answer = try await client.call(Words.ask, Word("\(number)"))
            #expect(answer == Word("re: \(number)"))
          }
        }
        let large = String(repeating: "x", count: 4_000_000)
        group.addTask {
          let answer = try await client.call(Words.ask, Word(large))
          #expect(answer == Word("re: \(large)"))
        }
        group.addTask {
          var count = 0
          for try await _ in try await client.call(Words.list, "5000") { count += 1 }
          #expect(count == 5000)
        }
        try await group.waitForAll()
      }
    }
  }

  /// What runs is finished, the connection closes, and the next call finds nobody.
  @Test(arguments: ProtocolLevel.allCases)
  func theServerDrains(level: ProtocolLevel) async throws {
    try await withServer(level) { server, client in
      let chat = try await client.call(Words.chat)
      var answers = chat.responses.makeAsyncIterator()
      try await chat.write("a")
      #expect(try await answers.next() == "re: a")
      async let drained: Void = server.drain(grace: .seconds(30))
      try await chat.write("b")
      #expect(try await answers.next() == "re: b")
      try await chat.finish()
      #expect(try await answers.next() == nil)
      await drained
      #expect(server.connectionCount == 0)
      let error = await failure { try await client.call(Words.ask, "q") }
      #expect(error?.code == .unavailable)
    }
  }
}
