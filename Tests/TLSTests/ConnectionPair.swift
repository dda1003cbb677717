import NIOCore

@testable import TLS

/// Client and server without handlers or channels.
final class ConnectionPair {
  let server: TLSConnection
  let client: TLSConnection
  private(set) var atServer = ByteBuffer()
  private(set) var atClient = ByteBuffer()
  private(set) var serverEnd = TLSConnection.End.more
  /// The lengths of all records of the server.
  private(set) var recordLengths: [Int] = []

  init(_ server: TLSContext, _ client: TLSContext) throws {
    self.server = try TLSConnection(server)
    self.client = try TLSConnection(client, serverHostname: "localhost")
    _ = self.client.start()
  }

  /// Carries bytes both ways until there are none, `piece` at a time.
  func pump(piece: Int = .max) {
    while true {
      let toServer = client.takeOutbound()
      for part in parts(of: toServer, piece) {
        let progress = server.receive(part)
        if var plaintext = progress.plaintext { atServer.writeBuffer(&plaintext) }
        serverEnd = progress.end
      }
      let toClient = server.takeOutbound()
      noteRecords(of: toClient)
      for part in parts(of: toClient, piece) {
        if var plaintext = client.receive(part).plaintext { atClient.writeBuffer(&plaintext) }
      }
      if toServer == nil && toClient == nil { return }
    }
  }

  /// Takes what has arrived.
  func received() -> (server: String, client: String) {
    defer { (atServer, atClient) = (ByteBuffer(), ByteBuffer()) }
    return (String(buffer: atServer), String(buffer: atClient))
  }

  private func parts(of bytes: ByteBuffer?, _ piece: Int) -> [ByteBuffer] {
    var bytes = bytes ?? ByteBuffer()
    var parts: [ByteBuffer] = []
    while bytes.readableBytes > 0, let part = bytes.readSlice(length: min(piece, bytes.readableBytes)) {
      parts.append(part)
    }
    return parts
  }

  private func noteRecords(of bytes: ByteBuffer?) {
    guard var bytes else { return }
    while let (_, _, length) = bytes.readMultipleIntegers(as: (UInt8, UInt16, UInt16).self) {
      recordLengths.append(Int(length))
      bytes.moveReaderIndex(forwardBy: min(Int(length), bytes.readableBytes))
    }
  }
}
