@description('The account of the marketplace\'s state.')
@maxLength(24)
param stateAccountName string

@description('The account of the functions host and of what is deployed.')
@maxLength(24)
param hostAccountName string

param location string

@description('How data is kept in several places, such as Standard_ZRS.')
param redundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS'

@description('The function app.')
param functionsPrincipalId string

@description('The tables of the modules: the same list that the code is tested against.')
var tableNames array = loadJsonContent('../tables.json')

@description('The state of the marketplace. An account of its own, so that its 20,000 transactions a second are not shared.')
resource state 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: stateAccountName
  location: location
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: state
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [
  for tableName in tableNames: {
    parent: tableService
    name: tableName
  }
]

@description('What the functions host keeps (locks of timers) and what is deployed: nothing of the marketplace.')
resource host 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: hostAccountName
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: host
  name: 'default'
}

@description('The function app as it was published.')
resource deployments 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobService
  name: 'deployments'
}

@description('The benchmark worker as it was published; the machines of the scale set fetch it from here.')
resource artifacts 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobService
  name: 'artifacts'
}

var storageBlobDataOwner = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
)
var storageTableDataContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
)

resource functionsUseState 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(state.id, 'functions', storageTableDataContributor)
  scope: state
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: storageTableDataContributor
  }
}

@description('The functions host takes leases on blobs, which a contributor of blobs may not in every case: Owner is what it asks for.')
resource functionsUseHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, 'functions', storageBlobDataOwner)
  scope: host
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: storageBlobDataOwner
  }
}

output deploymentsUrl string = '${host.properties.primaryEndpoints.blob}${deployments.name}'
output tablesUrl string = state.properties.primaryEndpoints.table
