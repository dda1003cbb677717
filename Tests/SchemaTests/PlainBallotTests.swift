import Foundation
import NIOCore
import SeededRandom
import SwiftProtobuf
import Testing

@testable import Schema

/// The hand codec beside SwiftProtobuf: what it takes, both read alike; what it writes is the same to the byte.
@Suite struct PlainBallotTests {
  // MARK: Reading

  /// What the hand codec reads, as a message; nil: declined.
  private func read(_ bytes: [UInt8]) -> Binhchon_V1_CastBallotsRequest? {
    bytes.withUnsafeBytes { bytes in
      guard let plain = PlainBallots(bytes) else { return nil }
      var message = Binhchon_V1_CastBallotsRequest()
      message.sentTimeMs = plain.sentTimeMs
      var ballots = plain.makeIterator()
      for _ in 0..<plain.count {
        guard let ballot = ballots.next(), let read = read(ballot) else { return nil }
        message.ballots.append(read)
      }
      return message
    }
  }

  private func read(_ ballot: PlainBallot) -> Binhchon_V1_Ballot? {
    guard let poll = text(ballot.poll), let unit = text(ballot.unit) else { return nil }
    var message = Binhchon_V1_Ballot()
    message.ballotID = Data(ballot.id)
    message.poll = poll
    message.pollVersion = ballot.pollVersion
    message.unit = unit
    message.channel = Binhchon_V1_Channel(rawValue: Int(ballot.channel)) ?? .unspecified
    message.deviceTimeMs = ballot.deviceTimeMs
    message.kioskSequence = ballot.kioskSequence
    var answers = ballot.makeAnswers()
    for _ in 0..<ballot.answerCount {
      guard let plain = answers.next(), let question = text(plain.question) else { return nil }
      var answer = Binhchon_V1_Answer()
      answer.question = question
      var choices = plain.makeChoices()
      for _ in 0..<plain.choiceCount {
        guard let choice = text(choices.next()) else { return nil }
        answer.choices.append(choice)
      }
      message.answers.append(answer)
    }
    return message
  }

  /// Nil: no UTF-8, which whoever compares it with a known name finds out.
  private func text(_ bytes: UnsafeRawBufferPointer) -> String? { String(validating: bytes, as: UTF8.self) }

  private func random(_ random: inout SplitMix64) -> Binhchon_V1_CastBallotsRequest {
    let texts = ["", "a", "hai-chau-hai-long", "Rất hài lòng", String(repeating: "x", count: 200)]
    let numbers: [Int64] = [0, 1, 127, 128, 1_795_143_600_000, .max, .min, -1]
    var message = Binhchon_V1_CastBallotsRequest()
    message.sentTimeMs = numbers.randomElement(using: &random) ?? 0
    message.ballots = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      var ballot = Binhchon_V1_Ballot()
      ballot.ballotID = Data(random.bytes([0, 15, 16, 16, 16, 17].randomElement(using: &random) ?? 16))
      ballot.poll = texts.randomElement(using: &random) ?? ""
      ballot.pollVersion = [0, 1, 300, UInt32.max].randomElement(using: &random) ?? 0
      ballot.unit = texts.randomElement(using: &random) ?? ""
      ballot.channel = Binhchon_V1_Channel.allCases.randomElement(using: &random) ?? .unspecified
      ballot.deviceTimeMs = numbers.randomElement(using: &random) ?? 0
      ballot.kioskSequence = [0, 1, 1_000_000, UInt64.max].randomElement(using: &random) ?? 0
      ballot.answers = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        var answer = Binhchon_V1_Answer()
        answer.question = texts.randomElement(using: &random) ?? ""
        answer.choices = (0..<Int.random(in: 0...3, using: &random)).map { _ in
          texts.randomElement(using: &random) ?? ""
        }
        return answer
      }
      return ballot
    }
    return message
  }

  @Test func whatSwiftProtobufWritesIsRead() throws {
    var generator = SplitMix64()
    for _ in 0..<2_000 {
      let message = random(&generator)
      #expect(read(try message.serializedBytes()) == message)
    }
  }

  @Test func whateverIsTakenIsReadAsSwiftProtobufReadsIt() throws {
    var generator = SplitMix64()
    var taken = 0
    for _ in 0..<20_000 {
      var bytes: [UInt8] = try random(&generator).serializedBytes()
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8.random(in: 0 ... .max, using: &generator), at: place)
        default: bytes.removeLast(bytes.count - place)
        }
      }
      guard let ours = read(bytes) else { continue }
      taken += 1
      let theirs = try Binhchon_V1_CastBallotsRequest(serializedBytes: bytes)
      // Channels we do not know are none of ours; only what both know is compared.
      if theirs.ballots.allSatisfy({ (0...6).contains($0.channel.rawValue) }) { #expect(ours == theirs, "\(bytes)") }
    }
    #expect(taken > 1_000)
  }

  struct Declined: Sendable {
    var what: String
    var bytes: [UInt8]
  }

  /// Legal protobuf, and not for the hand codec.
  @Test(arguments: [
    Declined(what: "a credential", bytes: [0x0A, 3, 0x42, 1, 0x61]),
    Declined(what: "a procedure", bytes: [0x0A, 3, 0x52, 1, 0x61]),
    Declined(what: "an unknown field", bytes: [0x0A, 2, 0x50, 1]),
    Declined(what: "fields out of order", bytes: [0x0A, 4, 0x18, 1, 0x12, 0]),
    Declined(what: "a field twice", bytes: [0x0A, 4, 0x18, 1, 0x18, 2]),
    Declined(what: "the time before the ballots", bytes: [0x10, 1, 0x0A, 0]),
    Declined(what: "a version over 32 bits", bytes: [0x0A, 6, 0x18, 0x80, 0x80, 0x80, 0x80, 0x10]),
    Declined(what: "a channel over 8 bits", bytes: [0x0A, 3, 0x28, 0x85, 0x02]),
    Declined(what: "an unknown field of the request", bytes: [0x0A, 0, 0x28, 1]),
    Declined(what: "a press's mark", bytes: [0x0A, 0, 0x1A, 0]),
    Declined(what: "a kiosk's report", bytes: [0x0A, 0, 0x22, 0]),
    Declined(what: "a kiosk's sign of life", bytes: [0x22, 0]),
  ])
  func theUnusualIsDeclined(_ declined: Declined) throws {
    _ = try Binhchon_V1_CastBallotsRequest(serializedBytes: declined.bytes)
    #expect(read(declined.bytes) == nil, "\(declined.what)")
  }

  @Test func bytesThatEndTooSoonAreDeclined() throws {
    var generator = SplitMix64()
    var message = random(&generator)
    while message.ballots.isEmpty || message.sentTimeMs == 0 { message = random(&generator) }
    let bytes: [UInt8] = try message.serializedBytes()
    for length in 1..<bytes.count {
      let ours = read(Array(bytes.prefix(length)))
      let theirs = try? Binhchon_V1_CastBallotsRequest(serializedBytes: Array(bytes.prefix(length)))
      #expect(ours == theirs, "\(length) of \(bytes)")
    }
  }

  // MARK: Writing

  @Test func receiptsAreThoseOfSwiftProtobuf() throws {
    var generator = SplitMix64()
    for length in [0, 1, 32, 100, 127, 128, 300, 20_000] {
      for clockFlagged in [false, true] {
        var receipt = Binhchon_V1_Receipt()
        receipt.counted = true
        receipt.day = "2026-11-20"
        receipt.clockFlagged = clockFlagged
        receipt.ledgerEpoch = String(repeating: "e", count: length)
        let plain = try PlainReceipt(like: receipt)
        let bytes = generator.bytes(16)
        receipt.ballotID = Data(bytes)
        let halves = bytes.withUnsafeBytes {
          (
            UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
          )
        }

        var response = Binhchon_V1_CastBallotResponse()
        response.receipt = receipt
        var buffer = ByteBuffer()
        plain.appendResponse(id: halves, to: &buffer)
        #expect(Array(buffer.readableBytesView) == (try response.serializedBytes()))

        var result = Binhchon_V1_BallotResult()
        result.ballotID = Data(bytes)
        result.receipt = receipt
        var results = Binhchon_V1_CastBallotsResponse()
        results.results = [result, result]
        buffer.clear()
        plain.appendResult(id: halves, to: &buffer)
        plain.appendResult(id: halves, to: &buffer)
        #expect(Array(buffer.readableBytesView) == (try results.serializedBytes()))
      }
    }
  }
}
