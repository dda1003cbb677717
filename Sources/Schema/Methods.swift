public import RPC

// The methods of proto/'s services as values: what clients call and routers register.
// Replay-safe: repeating the call with the same bytes changes nothing more.

public enum BallotMethods {
  public static let service = "binhchon.v1.BallotService"
  public static let castBallot = UnaryMethod<Binhchon_V1_CastBallotRequest, Binhchon_V1_CastBallotResponse>(
    service, "CastBallot", isReplaySafe: true)
  public static let castBallots = BidirectionalMethod<Binhchon_V1_CastBallotsRequest, Binhchon_V1_CastBallotsResponse>(
    service, "CastBallots")
  public static let voidBallot = UnaryMethod<Binhchon_V1_VoidBallotRequest, Binhchon_V1_VoidBallotResponse>(
    service, "VoidBallot", isReplaySafe: true)
}

public enum TallyMethods {
  public static let service = "binhchon.v1.TallyService"
  public static let listPolls = UnaryMethod<Binhchon_V1_ListPollsRequest, Binhchon_V1_ListPollsResponse>(
    service, "ListPolls", isReplaySafe: true)
  public static let getTally = UnaryMethod<Binhchon_V1_GetTallyRequest, Binhchon_V1_GetTallyResponse>(
    service, "GetTally", isReplaySafe: true)
  public static let watchTally = ServerStreamMethod<Binhchon_V1_WatchTallyRequest, Binhchon_V1_WatchTallyResponse>(
    service, "WatchTally")
}

public enum PollMethods {
  public static let service = "binhchon.v1.PollService"
  public static let publishPoll = UnaryMethod<Binhchon_V1_PublishPollRequest, Binhchon_V1_PublishPollResponse>(
    service, "PublishPoll", isReplaySafe: true)
  public static let closePoll = UnaryMethod<Binhchon_V1_ClosePollRequest, Binhchon_V1_ClosePollResponse>(
    service, "ClosePoll", isReplaySafe: true)
  public static let getPoll = UnaryMethod<Binhchon_V1_GetPollRequest, Binhchon_V1_GetPollResponse>(
    service, "GetPoll", isReplaySafe: true)
}

public enum EnrolmentMethods {
  public static let service = "binhchon.v1.EnrolmentService"
  public static let createKioskCode = UnaryMethod<
    Binhchon_V1_CreateKioskCodeRequest, Binhchon_V1_CreateKioskCodeResponse
  >(service, "CreateKioskCode")
  public static let enrol = UnaryMethod<Binhchon_V1_EnrolRequest, Binhchon_V1_EnrolResponse>(
    service, "Enrol", isReplaySafe: true)
  public static let renew = UnaryMethod<Binhchon_V1_RenewRequest, Binhchon_V1_RenewResponse>(
    service, "Renew", isReplaySafe: true)
}

public enum KioskMethods {
  public static let service = "binhchon.v1.KioskService"
  public static let getProfile = UnaryMethod<Binhchon_V1_GetProfileRequest, Binhchon_V1_GetProfileResponse>(
    service, "GetProfile", isReplaySafe: true)
  public static let listKiosks = UnaryMethod<Binhchon_V1_ListKiosksRequest, Binhchon_V1_ListKiosksResponse>(
    service, "ListKiosks", isReplaySafe: true)
  public static let listCorrections = UnaryMethod<
    Binhchon_V1_ListCorrectionsRequest, Binhchon_V1_ListCorrectionsResponse
  >(service, "ListCorrections", isReplaySafe: true)
}

public enum FigureMethods {
  public static let service = "binhchon.v1.FigureService"
  public static let getFigures = UnaryMethod<Binhchon_V1_GetFiguresRequest, Binhchon_V1_GetFiguresResponse>(
    service, "GetFigures", isReplaySafe: true)
  public static let getHours = UnaryMethod<Binhchon_V1_GetHoursRequest, Binhchon_V1_GetHoursResponse>(
    service, "GetHours", isReplaySafe: true)
}

public enum ExportMethods {
  public static let service = "binhchon.v1.ExportService"
  public static let exportRecords = ServerStreamMethod<
    Binhchon_V1_ExportRecordsRequest, Binhchon_V1_ExportRecordsResponse
  >(service, "ExportRecords", isReplaySafe: true)
}

public enum PaperMethods {
  public static let service = "binhchon.v1.PaperService"
  public static let enterPaperAct = UnaryMethod<Binhchon_V1_EnterPaperActRequest, Binhchon_V1_EnterPaperActResponse>(
    service, "EnterPaperAct", isReplaySafe: true)
  public static let getPaperBatch = UnaryMethod<Binhchon_V1_GetPaperBatchRequest, Binhchon_V1_GetPaperBatchResponse>(
    service, "GetPaperBatch", isReplaySafe: true)
  public static let listPaperBatches = UnaryMethod<
    Binhchon_V1_ListPaperBatchesRequest, Binhchon_V1_ListPaperBatchesResponse
  >(service, "ListPaperBatches", isReplaySafe: true)
  public static let getPaperRows = UnaryMethod<Binhchon_V1_GetPaperRowsRequest, Binhchon_V1_GetPaperRowsResponse>(
    service, "GetPaperRows", isReplaySafe: true)
}

public enum UnitMethods {
  public static let service = "binhchon.v1.UnitService"
  public static let publishRegistry = UnaryMethod<
    Binhchon_V1_PublishRegistryRequest, Binhchon_V1_PublishRegistryResponse
  >(service, "PublishRegistry", isReplaySafe: true)
  public static let getRegistry = UnaryMethod<Binhchon_V1_GetRegistryRequest, Binhchon_V1_GetRegistryResponse>(
    service, "GetRegistry", isReplaySafe: true)
}

public enum AlertMethods {
  public static let service = "binhchon.v1.AlertService"
  public static let listAlerts = UnaryMethod<Binhchon_V1_ListAlertsRequest, Binhchon_V1_ListAlertsResponse>(
    service, "ListAlerts", isReplaySafe: true)
  public static let updateAlert = UnaryMethod<Binhchon_V1_UpdateAlertRequest, Binhchon_V1_UpdateAlertResponse>(
    service, "UpdateAlert", isReplaySafe: true)
}

public enum CommentMethods {
  public static let service = "binhchon.v1.CommentService"
  public static let leaveComment = UnaryMethod<Binhchon_V1_LeaveCommentRequest, Binhchon_V1_LeaveCommentResponse>(
    service, "LeaveComment", isReplaySafe: true)
  public static let listComments = UnaryMethod<Binhchon_V1_ListCommentsRequest, Binhchon_V1_ListCommentsResponse>(
    service, "ListComments", isReplaySafe: true)
  public static let deleteComments = UnaryMethod<Binhchon_V1_DeleteCommentsRequest, Binhchon_V1_DeleteCommentsResponse>(
    service, "DeleteComments", isReplaySafe: true)
}

public enum HealthMethods {
  public static let service = "grpc.health.v1.Health"
  public static let check = UnaryMethod<Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse>(
    service, "Check", isReplaySafe: true)
  public static let watch = ServerStreamMethod<Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse>(
    service, "Watch")
}

public enum CampaignMethods {
  public static let service = "binhchon.v1.CampaignService"
  public static let enterCampaignAct = UnaryMethod<
    Binhchon_V1_EnterCampaignActRequest, Binhchon_V1_EnterCampaignActResponse
  >(service, "EnterCampaignAct", isReplaySafe: true)
  public static let listCampaigns = UnaryMethod<
    Binhchon_V1_ListCampaignsRequest, Binhchon_V1_ListCampaignsResponse
  >(service, "ListCampaigns", isReplaySafe: true)
  public static let getCampaign = UnaryMethod<
    Binhchon_V1_GetCampaignRequest, Binhchon_V1_GetCampaignResponse
  >(service, "GetCampaign", isReplaySafe: true)
  public static let listNominations = UnaryMethod<
    Binhchon_V1_ListNominationsRequest, Binhchon_V1_ListNominationsResponse
  >(service, "ListNominations", isReplaySafe: true)
  public static let getNomination = UnaryMethod<
    Binhchon_V1_GetNominationRequest, Binhchon_V1_GetNominationResponse
  >(service, "GetNomination", isReplaySafe: true)
  public static let listDecisions = UnaryMethod<
    Binhchon_V1_ListDecisionsRequest, Binhchon_V1_ListDecisionsResponse
  >(service, "ListDecisions", isReplaySafe: true)
  public static let listCertificates = UnaryMethod<
    Binhchon_V1_ListCertificatesRequest, Binhchon_V1_ListCertificatesResponse
  >(service, "ListCertificates", isReplaySafe: true)
  public static let listAwards = UnaryMethod<
    Binhchon_V1_ListAwardsRequest, Binhchon_V1_ListAwardsResponse
  >(service, "ListAwards", isReplaySafe: true)
  public static let listInspections = UnaryMethod<
    Binhchon_V1_ListInspectionsRequest, Binhchon_V1_ListInspectionsResponse
  >(service, "ListInspections", isReplaySafe: true)
  public static let getCampaignReport = UnaryMethod<
    Binhchon_V1_GetCampaignReportRequest, Binhchon_V1_GetCampaignReportResponse
  >(service, "GetCampaignReport", isReplaySafe: true)
}

public enum NomineeVoteMethods {
  public static let service = "binhchon.v1.NomineeVoteService"
  public static let openNomineeVote = UnaryMethod<
    Binhchon_V1_OpenNomineeVoteRequest, Binhchon_V1_OpenNomineeVoteResponse
  >(service, "OpenNomineeVote", isReplaySafe: true)
  public static let issueVoteCodes = UnaryMethod<
    Binhchon_V1_IssueVoteCodesRequest, Binhchon_V1_IssueVoteCodesResponse
  >(service, "IssueVoteCodes", isReplaySafe: true)
  public static let castNomineeVote = UnaryMethod<
    Binhchon_V1_CastNomineeVoteRequest, Binhchon_V1_CastNomineeVoteResponse
  >(service, "CastNomineeVote", isReplaySafe: true)
  public static let closeNomineeVote = UnaryMethod<
    Binhchon_V1_CloseNomineeVoteRequest, Binhchon_V1_CloseNomineeVoteResponse
  >(service, "CloseNomineeVote", isReplaySafe: true)
  public static let getNomineeVote = UnaryMethod<
    Binhchon_V1_GetNomineeVoteRequest, Binhchon_V1_GetNomineeVoteResponse
  >(service, "GetNomineeVote", isReplaySafe: true)
  public static let watchNomineeVote = ServerStreamMethod<
    Binhchon_V1_WatchNomineeVoteRequest, Binhchon_V1_WatchNomineeVoteResponse
  >(service, "WatchNomineeVote")
}
