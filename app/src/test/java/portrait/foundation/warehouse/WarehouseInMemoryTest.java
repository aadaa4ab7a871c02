package portrait.foundation.warehouse;

class WarehouseInMemoryTest extends WarehouseContract {

  @Override
  WarehouseSettings settings() {
    return WarehouseSettings.inMemory();
  }
}
