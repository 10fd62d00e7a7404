namespace TspActors.Tracker.Catalog;

/// <summary>The newest snapshot of the catalog. The TrackerActor writes it, and any thread may read it.</summary>
internal sealed class PublishedCatalog
{
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty;

    public CatalogSnapshot Current
    {
        get => _current;
        set => _current = value;
    }
}
