using System.Collections;
using System.Reflection;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks that strangers cannot slow the catalog down with the song ids that they offer.</summary>
public sealed class SongIdTablesSpecs
{
    // The number of buckets of a table with space for 36,000 entries.
    private const int Buckets = 36_353;

    [Fact]
    public void Ids_that_would_share_one_bucket_are_spread_over_many()
    {
        var fullest = Enumerable.Range(1, Buckets)
            .CountBy(n => (uint)SongIdComparer.Instance.GetHashCode(n * Buckets) % Buckets)
            .Max(bucket => bucket.Value);

        // About 3 on average, and at most 22 with each of a thousand keys.
        Assert.InRange(fullest, 1, 1_000);
    }

    [Fact]
    public void Every_table_of_song_ids_has_keyed_hash_codes()
    {
        var registry = new SongRegistry(new CatalogLimits(), new EncodedPages(0));
        registry.Join(Samples.Host(1));
        var share = Samples.Complete(Samples.Songs(2));
        share.Last = false;
        registry.Apply(Samples.Peer(1), share);

        var tables = TablesIn(registry).Concat(TablesIn(new IdTable())).ToList();
        Assert.InRange(tables.Count, 8, 100);
        Assert.All(tables, table => Assert.Same(SongIdComparer.Instance, table.Comparer));
        Assert.Same(SongIdComparer.Instance, registry.EndMove(Samples.Peer(1)).Comparer);
    }

    // Walks through the fields of the objects that belong to the tracker.
    private static IEnumerable<(string Field, object Comparer)> TablesIn(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var open = new Queue<object>(seen);
        while (open.TryDequeue(out var owner))
        {
            foreach (var field in owner.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                if (field.GetValue(owner) is not { } value)
                    continue;
                var type = field.FieldType;
                if (type.IsGenericType && type.GetGenericArguments()[0] == typeof(int)
                    && type.GetProperty("Comparer")?.GetValue(value) is IEqualityComparer<int> comparer)
                    yield return (field.Name, comparer);
                IEnumerable<object?> parts = value is IDictionary table ? table.Values.Cast<object?>() : [value];
                foreach (var part in parts)
                {
                    if (part?.GetType().Namespace?.StartsWith("TspActors.Tracker.", StringComparison.Ordinal) == true && seen.Add(part))
                        open.Enqueue(part);
                }
            }
        }
    }
}
