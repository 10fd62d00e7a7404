namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Detects whether this program is running in a container.</summary>
internal static class Container
{
    private const string MarkerFile = "/.dockerenv";
    private const string Variable = "DOTNET_RUNNING_IN_CONTAINER";

    /// <summary>
    /// Whether this program is running in a container. The default gateway is then a bridge on the host machine, not a router.
    /// </summary>
    public static bool IsPresent => File.Exists(MarkerFile) || Environment.GetEnvironmentVariable(Variable) is "true" or "1";
}
