internal import Polling
internal import Schema

extension Tally {
  func message(
    of poll: Poll, epoch: String, asOf: Timestamp, isClosed: Bool
  ) -> Binhchon_V1_Tally {
    var message = Binhchon_V1_Tally()
    message.poll = poll.id.rawValue
    message.pollVersion = poll.version
    message.unit = unit.rawValue
    message.channel = channel?.message ?? .unspecified
    message.revision = revision
    message.ledgerEpoch = epoch
    message.asOfMs = asOf.milliseconds
    message.today = today.description
    message.windows = windows.map(\.message)
    message.status = isClosed ? .closed : .open
    return message
  }
}

extension Tally.WindowCount {
  fileprivate var message: Binhchon_V1_WindowCount {
    var message = Binhchon_V1_WindowCount()
    message.window = window.message
    message.ballots = UInt64(clamping: ballots)
    message.flaggedBallots = UInt64(clamping: flaggedBallots)
    message.questions = questions.map { question in
      var message = Binhchon_V1_QuestionCount()
      message.question = question.question
      message.choices = zip(question.codes, question.counts).map { code, count in
        var message = Binhchon_V1_ChoiceCount()
        message.choice = code
        message.count = UInt64(clamping: count)
        return message
      }
      message.undervotes = UInt64(clamping: question.undervotes)
      return message
    }
    message.channels = channels.sorted { $0.key.rawValue < $1.key.rawValue }.map { channel, ballots in
      var message = Binhchon_V1_ChannelCount()
      message.channel = channel.message
      message.ballots = UInt64(clamping: ballots)
      return message
    }
    return message
  }
}

extension Window {
  fileprivate var message: Binhchon_V1_Window {
    switch self {
    case .today: .today
    case .yesterday: .yesterday
    case .thisWeek: .thisWeek
    case .thisMonth: .thisMonth
    case .total: .total
    }
  }
}
