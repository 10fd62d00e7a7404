using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>The bytes of a song could not be had.</summary>
internal sealed class FetchException(FetchFault fault) : Exception(fault.Reason)
{
    /// <summary>Why.</summary>
    public FetchFault Fault { get; } = fault;
}
