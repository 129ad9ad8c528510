namespace PeftLabs.Tests.Hub;

/// <summary>A request that has come to the server.</summary>
public sealed record SeenRequest(string Method, bool OfHub, string Path, string? Range, string? Authorization);
