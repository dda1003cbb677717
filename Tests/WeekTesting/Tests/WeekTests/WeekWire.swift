import NIOCore
import Schema

@testable import RPC
@testable import Wire

/// The kiosk's end of a connection with one call: the frames that the client sends, by the client's own machines.
struct KioskEnd {
  struct Refused: Error {}

  enum Heard {
    case reply(Binhchon_V1_CastBallotsResponse)
    case failed(Status)
    /// The connection ended first.
    case nothing
  }

  private var machine = ClientConnectionStateMachine<Int>(isExtended: false)
  private var decoder = FrameDecoder()

  mutating func say(_ message: Binhchon_V1_CastBallotsRequest) throws -> ByteBuffer {
    guard case .started(let id) = machine.begin(0, .bidirectional, deadline: nil), machine.writeRequest(id),
      machine.send(id) == .send
    else { throw Refused() }
    let method = BallotMethods.castBallots
    var buffer = ByteBuffer()
    try FrameEncoder.encode(streamID: id, type: .request, flags: [.remoteOpen, .noData], into: &buffer) {
      RequestEnvelope(service: method.service, method: method.method).encode(into: &$0)
    }
    try FrameEncoder.encode(streamID: id, type: .data, into: &buffer) { try message.encode(into: &$0) }
    guard machine.finish(id) == .sendClose else { throw Refused() }
    try FrameEncoder.encode(
      Frame(streamID: id, type: .data, flags: [.remoteClosed, .noData]), into: &buffer)
    return buffer
  }

  /// What the client makes of so many bytes.
  mutating func hear(_ bytes: ByteBuffer) throws -> Heard {
    decoder.append(bytes)
    while case .frame(let frame) = decoder.next() {
      switch frame.type {
      case .data:
        let action = machine.receivedData(
          frame.streamID, closes: frame.flags.contains(.remoteClosed), hasMessage: !frame.flags.contains(.noData))
        switch action {
        case .deliver, .deliverAndEnd: return .reply(try Binhchon_V1_CastBallotsResponse(decoding: frame.body))
        default: continue
        }
      case .response:
        let response = try ResponseEnvelope(decoding: frame.body)
        let status = response.status ?? .ok
        if case .fail = machine.receivedResponse(frame.streamID, isOK: status.code == .ok, isEmpty: true) {
          return .failed(status)
        }
      default: continue
      }
    }
    return .nothing
  }
}

/// The server's end of such a connection.
struct ServerEnd {
  private var machine = ServerConnectionStateMachine(level: .plain)
  private var decoder = FrameDecoder()
  private var id = StreamID.firstOfClient

  /// The message, if so many bytes hold one.
  mutating func hear(_ bytes: ByteBuffer) throws -> Binhchon_V1_CastBallotsRequest? {
    decoder.append(bytes)
    while case .frame(let frame) = decoder.next() {
      switch machine.received(frame) {
      case .request(let id, let flags, let body):
        let envelope = try RequestEnvelope(decoding: body)
        guard envelope.service == BallotMethods.castBallots.service else { throw KioskEnd.Refused() }
        guard case .run(inputIsOpen: true) = machine.start(id, kind: .bidirectional, flags: flags) else {
          throw KioskEnd.Refused()
        }
        self.id = id
      case .deliver(_, let body, _): return try Binhchon_V1_CastBallotsRequest(decoding: body)
      default: continue
      }
    }
    return nil
  }

  mutating func say(_ reply: Result<Binhchon_V1_CastBallotsResponse, RPCError>) throws -> ByteBuffer {
    var buffer = ByteBuffer()
    guard machine.maySend(id) else { return buffer }
    switch reply {
    case .success(let response):
      try FrameEncoder.encode(streamID: id, type: .data, into: &buffer) { try response.encode(into: &$0) }
      guard machine.answered(id) else { throw KioskEnd.Refused() }
      try FrameEncoder.encode(Frame(streamID: id, type: .data, flags: [.remoteClosed, .noData]), into: &buffer)
    case .failure(let error):
      guard machine.answered(id) else { throw KioskEnd.Refused() }
      try FrameEncoder.encode(streamID: id, type: .response, into: &buffer) {
        ResponseEnvelope(status: error.status).encode(into: &$0)
      }
    }
    return buffer
  }
}
