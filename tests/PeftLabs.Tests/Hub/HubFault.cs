namespace PeftLabs.Tests.Hub;

/// <summary>What the server does wrong when it should send a content.</summary>
public abstract record HubFault
{
    /// <summary>Another status, with headers as "Name: value".</summary>
    public sealed record Status(int Code, params string[] Headers) : HubFault;

    /// <summary>The connection breaks after so many bytes.</summary>
    public sealed record Cut(int After) : HubFault;

    /// <summary>After so many bytes nothing comes any more.</summary>
    public sealed record Stall(int After) : HubFault;

    /// <summary>A few bytes at a time, with a pause after them.</summary>
    public sealed record Slow(int Bytes, int Milliseconds) : HubFault;

    /// <summary>A byte of what is sent is another one.</summary>
    public sealed record Corrupt : HubFault;

    /// <summary>The whole, whatever part was asked for.</summary>
    public sealed record NoRanges : HubFault;

    /// <summary>Another part than was asked for.</summary>
    public sealed record OtherRange : HubFault;

    /// <summary>A page for people, with status 200.</summary>
    public sealed record Page : HubFault;

    /// <summary>A redirect to here.</summary>
    public sealed record Redirect(string Location) : HubFault;
}
