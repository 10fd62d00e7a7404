using System.Collections.Immutable;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>A song and who hosts it, at one moment; encoded once, when it is made.</summary>
internal sealed class CatalogSong
{
    /// <summary>More hosts than this are not told to anyone: nobody tries that many, and a page must stay small.</summary>
    public const int MaxHostsTold = 32;

    private readonly Song _message;

    public CatalogSong(int id, SharedSong shared, ImmutableArray<CatalogHost> hosts)
    {
        Id = id;
        Hosts = hosts;
        SearchText = SearchText.Of(shared.Tags);
        _message = new Song { Id = id, ContentHash = shared.ContentHash, Tags = shared.Tags, Format = shared.Format, Live = shared.Live };
        _message.Hosts.AddRange(hosts.Take(MaxHostsTold).Select(host => host.ToMessage()));
        Encoded = _message.ToByteArray();
    }

    public int Id { get; }

    /// <summary>In the order in which they came.</summary>
    public ImmutableArray<CatalogHost> Hosts { get; }

    public SearchText SearchText { get; }

    /// <summary>The song as a protobuf <see cref="Song"/>: the entry of pages and deltas.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The song with its hosts in the order in which a listener should try them.</summary>
    public Song Grant(IEnumerable<(CatalogHost Host, HostLoad? Load)> hosts)
    {
        var grant = _message.Clone();
        grant.Hosts.Clear();
        grant.Hosts.AddRange(hosts.Take(MaxHostsTold).Select(host => host.Host.ToMessage(host.Load)));
        return grant;
    }
}
