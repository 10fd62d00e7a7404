using System.Net;
using Akka.Actor;

namespace TspActors.Peer.Live.Sources;

/// <summary>The mount points of a door, their passwords and their sources. Decides what happens to each request.</summary>
internal sealed class SourceMounts(TimeProvider time)
{
    private const string MetadataPath = "/admin/metadata";
    private static readonly string[] Types = ["", "audio/mpeg", "audio/mp3", "audio/x-mpeg"];

    private readonly Dictionary<string, Mount> _mounts = new(StringComparer.Ordinal);
    private readonly WrongPasswords _wrong = new(time);

    /// <summary>Adds a mount point, or replaces one.</summary>
    public void Add(string path, string password, IActorRef feed) => _mounts[path] = new Mount(path, password, feed);

    /// <summary>Removes a mount point and returns its source, if any.</summary>
    public IActorRef? Remove(string path) => _mounts.Remove(path, out var mount) ? mount.Source : null;

    /// <summary>Returns the paths of a feed's mount points.</summary>
    public IReadOnlyList<string> Of(IActorRef feed) =>
        [.. _mounts.Values.Where(mount => mount.Feed.Equals(feed)).Select(mount => mount.Path)];

    /// <summary>Records that a feed has accepted a source.</summary>
    public void Connect(string path, IActorRef source, IPAddress from)
    {
        if (_mounts.TryGetValue(path, out var mount))
            (mount.Source, mount.From) = (source, from);
    }

    /// <summary>Records that a source has disconnected.</summary>
    public void Disconnect(IActorRef source)
    {
        foreach (var mount in _mounts.Values.Where(mount => source.Equals(mount.Source)))
            (mount.Source, mount.From) = (null, null);
    }

    /// <summary>Decides what happens to a request.</summary>
    public SourceVerdict Judge(HttpHead head, IPAddress from)
    {
        if (head.IsSource)
            return Check(head, head.Path, from, SourceResponse.NotFound) ?? Admit(head);
        if (head.Method != "GET" || head.Path != MetadataPath)
            return new SourceVerdict.Answer(SourceResponse.NotForSources);
        var query = new SourceQuery(head.Query);
        var path = query.Value("mount") ?? "";
        return Check(head, path, from, SourceResponse.Metadata("Source does not exist", isDone: false, 400)) ?? Retitle(query, path, from);
    }

    private SourceVerdict.Answer? Check(HttpHead head, string path, IPAddress from, SourceResponse missing)
    {
        var shown = head.Header("Authorization");
        if (shown.Length > 0 && _wrong.IsBlocked(from))
            return new SourceVerdict.Answer(SourceResponse.TooManyWrong);
        if (!_mounts.TryGetValue(path, out var mount))
            return new SourceVerdict.Answer(missing);
        if (shown.Length == 0)
            return new SourceVerdict.Answer(SourceResponse.PasswordWanted);
        if (SourceCredentials.Match(shown, mount.Password))
            return null;
        _wrong.Add(from);
        return new SourceVerdict.Answer(SourceResponse.PasswordWanted, IsLate: true);
    }

    private SourceVerdict Admit(HttpHead head) =>
        Types.Contains(head.Header("Content-Type").Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase)
            ? new SourceVerdict.Admit(head.Path, _mounts[head.Path].Feed)
            : new SourceVerdict.Answer(SourceResponse.WrongType);

    private SourceVerdict Retitle(SourceQuery query, string path, IPAddress from)
    {
        var mount = _mounts[path];
        if (query.Value("mode") is not "updinfo" || query.Title is not { } title)
            return new SourceVerdict.Answer(SourceResponse.Metadata("Mode or title is missing", isDone: false, 400));
        if (mount.Source is not { } source)
            return new SourceVerdict.Answer(SourceResponse.Metadata("Source does not exist", isDone: false, 400));
        // As in Icecast, a client that knows the password but connects from an address other than the source's cannot set titles.
        return from.Equals(mount.From)
            ? new SourceVerdict.Retitle(source, title)
            : new SourceVerdict.Answer(SourceResponse.Metadata("Mountpoint will not accept URL updates from this address", isDone: false, 400));
    }

    private sealed class Mount(string path, string password, IActorRef feed)
    {
        public string Path => path;

        public string Password => password;

        public IActorRef Feed => feed;

        public IActorRef? Source { get; set; }

        public IPAddress? From { get; set; }
    }
}
