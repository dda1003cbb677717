import Foundation
internal import Logging
internal import NIOPosix
internal import RPC
internal import Schema
internal import TLS

/// The service of paper batches behind a TLS connection.
struct PaperClient: Sendable {
  private let client: RPCClient
  private let server: String
  let poll: String

  init(_ settings: ConnectionSettings, poll: String, logger: Logger) throws(ClientError) {
    self.poll = poll
    server = settings.server.description
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = RPCPollingService.timeout
    configuration.reconnect.maximum = .seconds(1)
    do throws(TLSError) {
      client = RPCClient(
        connector: try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton),
        configuration: configuration, logger: logger)
    } catch {
      throw ClientError(error, server: settings.server.description)
    }
  }

  /// Nil: nothing was said of it.
  func batch(_ code: String) async throws -> Binhchon_V1_PaperBatch? {
    var request = Binhchon_V1_GetPaperBatchRequest()
    (request.poll, request.batch) = (poll, code)
    do {
      return try await call(PaperMethods.getPaperBatch, request).batch
    } catch let refusal as Refusal where refusal.reason == "UNKNOWN_BATCH" {
      return nil
    }
  }

  func known(_ code: String) async throws -> Binhchon_V1_PaperBatch {
    if let batch = try await batch(code) { return batch }
    throw ClientError(
      .badData, Text(vi: "không có lô \(code)", en: "there is no batch \(code)"),
      next: Text(vi: "xem danh sách bằng `binhchon paper list`", en: "see the list with `binhchon paper list`"),
      reason: "UNKNOWN_BATCH")
  }

  func batches() async throws -> [Binhchon_V1_PaperBatch] {
    var request = Binhchon_V1_ListPaperBatchesRequest()
    request.poll = poll
    var all: [Binhchon_V1_PaperBatch] = []
    repeat {
      let response = try await call(PaperMethods.listPaperBatches, request)
      all += response.batches
      request.after = response.next
    } while !request.after.isEmpty
    return all
  }

  /// Every page of rows of an entry that follow, one after the other.
  ///
  /// - Parameters:
  ///   - entry: 0: the one that counts, or else the first.
  ///   - figure: nil: all rows.
  func eachPage(
    of batch: String, entry: UInt32 = 0, figure: Binhchon_V1_PaperFigure? = nil, after: UInt64 = 0,
    _ take: (Binhchon_V1_GetPaperRowsResponse) throws -> Void
  ) async throws {
    var request = Binhchon_V1_GetPaperRowsRequest()
    (request.poll, request.batch, request.entry, request.after) = (poll, batch, entry, after)
    if let figure { request.figure = figure }
    repeat {
      try Task.checkCancellation()
      let page = try await call(PaperMethods.getPaperRows, request)
      try take(page)
      // A server that does not go on is asked no more.
      guard page.next > request.after else { return }
      request.after = page.next
    } while true
  }

  @discardableResult func enter(
    _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act, in batch: String
  ) async throws -> Binhchon_V1_PaperBatch {
    var request = Binhchon_V1_EnterPaperActRequest()
    (request.poll, request.batch, request.act) = (poll, batch, act)
    request.actID = withUnsafeBytes(of: UUID().uuid) { Data($0) }
    return try await call(PaperMethods.enterPaperAct, request).batch
  }

  func shutdown() async {
    await client.shutdown()
  }

  private func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    do {
      return try await client.call(method, request)
    } catch {
      throw explain(error, server: server)
    }
  }
}

extension CommandContext {
  /// Runs with a client that is shut down afterwards.
  func withPaper<Result>(poll: String, _ work: (PaperClient) async throws -> Result) async throws -> Result {
    let client = try PaperClient(try ConnectionSettings(flags, environment), poll: poll, logger: logger)
    do {
      let result = try await work(client)
      await client.shutdown()
      return result
    } catch {
      await client.shutdown()
      throw error
    }
  }
}
