import Foundation
internal import Kiosk
internal import Polling
internal import Schema

/// One run of a kiosk: where it stands, where its taps are kept, and how it talks to the server.
struct KioskSession: Sendable {
  let service: any PollingService
  let poll: String
  let unit: String
  let channel: Binhchon_V1_Channel
  let console: Console
  /// How long to wait at the end for ballots without an answer.
  let patience: Duration
  /// The spool's directory.
  let spoolPath: String
  let spoolConfiguration: Spool.Configuration
  /// How the page behaves, beside what the poll says.
  var options = KioskOptions()

  func openSpool() throws -> Spool {
    let spool: Spool
    do {
      spool = try Spool(directory: spoolPath, spoolConfiguration)
    } catch {
      throw ClientError(error, spool: spoolPath)
    }
    if let aside = spool.setAside {
      console.say(
        Text(
          vi: "bộ nhớ phiếu bị hỏng, giữ lại ở \(aside); dùng bộ nhớ mới, đánh số lại từ 1",
          en: "the spool was damaged and is kept as \(aside); a new one counts from 1"))
    }
    let pending = spool.status.pending
    if pending > 0 {
      let count = console.figures.count(pending)
      console.say(
        Text(
          vi: "\(count) đánh giá từ lần trước đang chờ gửi", en: "\(count) ratings of an earlier run wait to be sent"))
    }
    return spool
  }

  /// A press of the form's choice, now.
  func press(
    _ choice: Int, of form: KioskForm, _ factory: BallotFactory, _ reading: ClockReading, marks: TapMarks = [],
    dossier: String? = nil, reasons: [PickedAnswer] = [], isOpen: Bool = false
  ) -> Press {
    var random = SystemRandomNumberGenerator()
    let time = max(reading.wall, Self.earliest)
    let answers = form.answers(choice) + reasons.map(Binhchon_V1_Answer.init)
    let ballot = factory.make(answers, dossier: dossier, now: time, random: &random)
    let precision = factory.precision
    return Press(reading: reading, precision: precision, marks: marks, isOpen: isOpen) { sequence in
      // Where times are coarse, a number in the ballot would tell the order all the same.
      guard precision == .second || precision == .minute else { return ballot }
      var numbered = ballot
      numbered.kioskSequence = sequence
      return numbered
    }
  }

  /// No id carries an earlier time than 1970-01-01, the coarsest one and east of Greenwich.
  private static let earliest = Timestamp(milliseconds: 86_400_000)

  // MARK: The end

  /// Waits for what was tapped, and says what is left. A signal ends the wait; if one brought us here, the next ends the
  /// process.
  func finish(_ delivery: KioskDelivery, _ runner: Task<Void, Never>, _ record: TapRecord) async {
    let notice = Task { [console] in
      // What is answered at once is not worth a word.
      try await Task.sleep(for: .seconds(1))
      let count = console.figures.count(UInt64(delivery.delivery.waiting))
      console.say(
        Text(
          vi: "\(count) đang chờ gửi; Ctrl-C để thôi chờ, phiếu vẫn được giữ",
          en: "\(count) waiting to be sent; Ctrl-C ends the wait, they are kept"))
    }
    if Task.isCancelled {
      let bound = min(patience, .seconds(5))
      await Task { await delivery.drain(within: bound) }.value
    } else {
      await delivery.drain(within: patience)
    }
    notice.cancel()
    runner.cancel()
    await runner.value
    let left = delivery.delivery
    record.addUnconfirmed(left.waiting)
    tellWhatIsLeft(left, held: delivery.heldCount)
  }

  private func tellWhatIsLeft(_ left: DeliveryState, held: UInt64) {
    if left.waiting > 0 {
      let count = console.figures.count(UInt64(left.waiting))
      console.say(
        Text(
          vi: "\(count) chưa gửi nằm trong \(spoolPath); lần chạy sau sẽ gửi",
          en: "\(count) not sent are kept in \(spoolPath); the next run sends them"))
      if let why = left.trouble { console.say(why) }
    }
    if held > 0 {
      let count = console.figures.count(held)
      console.say(
        Text(
          vi: "\(count) lần bấm lặp được ghi lại trong \(spoolPath), chưa gửi",
          en: "\(count) repeated presses are noted in \(spoolPath), not sent yet"))
    }
  }

  // MARK: The log

  func logNotWritten() {
    console.say(
      Text(
        vi: "đĩa đầy: chưa ghi được trả lời của máy chủ, sẽ hỏi lại",
        en: "the disk is full: what the server answered is not written down, it will be asked again"))
  }

  /// What whoever looks after the kiosk must hear of.
  func log(_ delivery: DeliveryState, _ record: TapRecord) {
    let news = record.news(delivery)
    if news.hasLostServer, let why = delivery.trouble {
      let count = console.figures.count(UInt64(delivery.waiting))
      console.say(Text(vi: "\(why.vi): \(count) đang chờ gửi", en: "\(why.en): \(count) waiting to be sent"))
    }
    let count = console.figures.count(UInt64(delivery.waiting))
    switch news.level {
    case .nearlyFull:
      console.say(
        Text(
          vi: "bộ nhớ phiếu sắp đầy: \(count) đang chờ gửi", en: "the spool is nearly full: \(count) waiting to be sent"
        ))
    case .full:
      console.say(
        Text(
          vi: "bộ nhớ phiếu đã đầy: không nhận đánh giá nữa", en: "the spool is full: no more ratings are taken"))
    case .fine, nil: break
    }
  }
}

extension DeliveryState {
  /// Why some or all stay here; nil: they go out.
  var trouble: Text? {
    if let reason = barredBy {
      return Text(
        vi: "máy chủ từ chối chứng thư này [\(reason)]", en: "the server refuses this certificate [\(reason)]")
    }
    guard isReachable else {
      return Text(vi: "không liên lạc được với máy chủ", en: "the server cannot be reached")
    }
    return unreadyBy.map { reason in
      Text(vi: "máy chủ chưa nhận được một số phiếu [\(reason)]", en: "the server cannot take some yet [\(reason)]")
    }
  }
}
